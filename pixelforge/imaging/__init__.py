"""Pictures: numpy and Pillow only. A sprite is uint8 (H, W, 4), RGBA, alpha 0 or 255."""
