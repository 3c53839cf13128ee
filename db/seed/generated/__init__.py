"""Generated accounts: as many as a benchmark needs."""
