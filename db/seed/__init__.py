"""Rows to begin with: a small believable world for the demo, and as many accounts as a benchmark wants."""

from db.seed.demo.dataset import RegistrableKey, business_account, create_demo, registrable_keys
from db.seed.generated.dataset import generate

__all__ = ["RegistrableKey", "business_account", "create_demo", "generate", "registrable_keys"]
