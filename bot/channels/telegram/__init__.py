"""Telegram, the citizens' bot. Only `client.py` knows aiogram, which is imported when a token is set."""
