"""Mending a sprite pixel by pixel."""
