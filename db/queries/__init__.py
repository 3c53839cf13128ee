"""What can be read: one module for each entity, its relations, pages and look-ups."""
