"""The machines that run the platform together, and whether they agree."""
