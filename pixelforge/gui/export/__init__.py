"""Saving sheets for game engines."""
