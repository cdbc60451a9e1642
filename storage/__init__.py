"""What is kept, and the content that is read."""
