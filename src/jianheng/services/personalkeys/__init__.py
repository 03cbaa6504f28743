"""Signing keys of persons: enrolled by them, wrapped by a phrase only they give, unlocked for one act."""
