"""The compiled path, compared with the resolvers over rows that are hard to show."""
