"""The diffusion model: numpy and torch, no files but the model's own, no pictures, no windows."""
