"""The diffusion model: torch only, no files but the model's own, no pictures, no windows."""
