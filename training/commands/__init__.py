"""The commands of training: options in, sentences out."""
