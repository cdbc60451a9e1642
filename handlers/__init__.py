"""What the bot does for people: one folder a job."""
