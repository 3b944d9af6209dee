"""Sprites gathered for a sheet."""
