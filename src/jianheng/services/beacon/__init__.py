"""Pulses of public beacons: kept, proved on entry, waited for."""
