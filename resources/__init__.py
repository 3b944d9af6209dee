"""What is shipped beside the code: models, palettes, icons, credits."""
