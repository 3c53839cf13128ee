"""Input that nobody thought of, against a process of its own."""
