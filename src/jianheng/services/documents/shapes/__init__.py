"""What each paper says: one declared shape a form, checked before a number is taken."""
