"""Licence keys as they are written, encrypted, looked up, and encrypted again when secrets change."""
