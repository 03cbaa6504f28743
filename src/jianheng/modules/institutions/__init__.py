"""Register of appraisal institutions and appraisers."""
