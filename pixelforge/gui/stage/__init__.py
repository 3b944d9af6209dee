"""The sprites of the last run, large."""
