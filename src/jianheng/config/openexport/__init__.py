"""Exports in open formats: JSON Lines with a schema beside each file, OCEL 2.0 and XES for process mining."""
