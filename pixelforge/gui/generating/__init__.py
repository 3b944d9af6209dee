"""Asking for sprites, and the run that makes them."""
