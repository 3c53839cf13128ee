"""The demo: its database, people, secrets, sign-in and payment processor."""
