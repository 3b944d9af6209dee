"""A network that learns: settings, loss, loop, and what of another network it begins from."""
