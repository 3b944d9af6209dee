"""PixelForge: 16x16 game sprites from a small diffusion model, on the user's own machine."""

__version__ = "0.1.0"
