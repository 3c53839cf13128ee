"""The graph: its types, queries and mutations."""
