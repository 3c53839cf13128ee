"""What changes rows: one function for each verb, within the caller's transaction."""
