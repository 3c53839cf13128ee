"""How rows are declared, read in batches and paged, as values that resolvers and the SQL compiler share."""
