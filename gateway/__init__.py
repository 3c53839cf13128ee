"""Requests: HTTP, who is asking, and which way an operation is answered."""
