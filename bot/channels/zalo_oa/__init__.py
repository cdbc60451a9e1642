"""Zalo Official Account: replies over the OpenAPI. Only `client.py` speaks HTTP."""
