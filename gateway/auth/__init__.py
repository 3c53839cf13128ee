"""Who is asking: bearer tokens, the keys that verify them, and the sessions they open."""
