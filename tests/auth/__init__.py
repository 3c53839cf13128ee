"""Tests of who is asking: tokens, keys, sessions and viewers."""
