"""Figures beside floors: ``make bench``."""
