"""What was made before."""
