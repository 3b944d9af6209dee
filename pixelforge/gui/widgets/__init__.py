"""The parts of the window; they show, and say what the user does."""
