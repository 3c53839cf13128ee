"""What can be asked: the GraphQL types, each field declared once as data."""
