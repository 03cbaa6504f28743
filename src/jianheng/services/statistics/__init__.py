"""What is counted over all matters, beforehand, so that whoever oversees reads it at once."""
