"""The diffusion model: numpy, torch for the networks alone; no files but the model's own, no pictures, no windows."""
