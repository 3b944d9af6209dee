"""Training runs in their folders: planned, carried, paused and resumed."""
