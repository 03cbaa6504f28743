"""One thin site per audience."""
