"""Faults: the running platform is broken on purpose while clients work, and what they were told is compared with what is kept."""
