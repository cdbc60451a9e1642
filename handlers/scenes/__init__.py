"""Stories in which one chooses."""
