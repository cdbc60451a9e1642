"""First aid, help lines, a quiet path: private."""
