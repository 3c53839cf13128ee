"""A benchmark anyone can run: `python -m tests.bench`. Not part of the tests; pytest does not collect it."""
