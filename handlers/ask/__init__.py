"""What is typed freely."""
