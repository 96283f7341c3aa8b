"""The one ordered pipeline, and the file that keeps every session."""
