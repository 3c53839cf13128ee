"""Other people's audits and clients, from npm, against a running service."""
