"""What can be changed: one module for each entity with behaviour."""
