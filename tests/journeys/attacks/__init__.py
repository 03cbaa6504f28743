"""Attacks that need a browser to show whether they worked."""
