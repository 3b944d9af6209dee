"""The main window, and what ties the features together."""
