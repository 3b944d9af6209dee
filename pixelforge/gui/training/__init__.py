"""Training a model on sprites of one's own."""
