"""Training a model on a folder of sprites: `python -m training FOLDER`, or `pixelforge train FOLDER`."""
