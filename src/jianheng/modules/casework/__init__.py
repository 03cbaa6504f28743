"""The appraisal at the institution (鉴定案件办理)."""
