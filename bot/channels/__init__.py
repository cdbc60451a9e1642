"""Channels: one file each, which decodes what comes and encodes what goes."""
