"""Pulses fetched over drand's HTTP interface."""
