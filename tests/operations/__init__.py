"""Tests of what is refused, limited and priced before an operation runs."""
