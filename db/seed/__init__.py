"""Rows to begin with: a small believable world for the demo, and as many accounts as a benchmark wants."""

from db.seed.demo import FreeKey, business_account, demo, unregistered_keys
from db.seed.generated import generate

__all__ = ["FreeKey", "business_account", "demo", "generate", "unregistered_keys"]
