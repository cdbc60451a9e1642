"""Linking: one person on several channels or devices."""
