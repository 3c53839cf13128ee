"""The page in a browser: the path through it, how it looks and behaves, and what it must never do."""
