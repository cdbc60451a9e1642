"""How the tables came to be, step by step; each step runs on SQLite and on PostgreSQL."""
