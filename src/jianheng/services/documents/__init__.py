"""Statutory papers: shapes, numbering, typesetting and the life of each document."""
