"""Attacks, each test named after one; what is attacked elsewhere too is listed in ``docs/security.md``."""
