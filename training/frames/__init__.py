"""Models that make the next frame of a sprite: their batches, their loss, their fitting, their figures."""
