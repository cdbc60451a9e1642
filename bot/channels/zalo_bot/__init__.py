"""Zalo Bot: text in, text out, menus as numbered lists. Only `client.py` knows aiohttp."""
