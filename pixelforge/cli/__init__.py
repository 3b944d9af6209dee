"""The command line: options in, sentences out."""
