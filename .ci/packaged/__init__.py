"""What builds the packaged app, besides build.spec. Nothing of it is part of the app."""
