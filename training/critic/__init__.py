"""The critic of a model: made sprites and drawn ones, the network that tells them apart, and its fitting."""
