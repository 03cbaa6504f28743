"""Settings, root addresses, the command line. Imported by nobody."""
