"""Charts and reports of a session."""
