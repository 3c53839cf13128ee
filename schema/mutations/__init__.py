"""What can be changed: one module for each entity with behaviour, and the one way in which all of them run."""
