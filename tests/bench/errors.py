"""What stops the benchmark, in words for the person at the terminal."""


class BenchmarkError(Exception):
    """One sentence: what is wrong and what to do."""
