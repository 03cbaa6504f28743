"""Seals, signatures and time-stamps, behind a port."""
