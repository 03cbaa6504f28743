"""Background work in the database, and the rescue of what stalled."""
