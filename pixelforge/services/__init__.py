"""The use cases: what the command line and the window do, without either. No Qt; numpy in and out."""
