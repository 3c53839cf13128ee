"""The demo's database: a few believable accounts, the same each time."""
