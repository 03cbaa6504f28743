"""Content-addressed files: checked by content, size and name."""
