"""The subject: one folder a subsystem, one door (``api``) each."""
