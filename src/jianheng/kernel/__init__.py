"""What the law and the mathematics say, in plain Python: no framework, no database, no clock, no file."""
