"""Sprites to train on: found, read, cleaned and looked at. Without torch."""
