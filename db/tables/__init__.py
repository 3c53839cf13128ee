"""The tables: every column, key, constraint and index that Licet stores.

Rules that hold everywhere: a tenant's table has the primary key (account_id, id) and carries account_id in every
unique and foreign key, so that no reference leads from one account to another; ids are UUIDv7 made by the application;
instants are `timestamptz`, days `date`, money `numeric` with an ISO 4217 code. No triggers, no sequences, no stored
procedures.
"""

from db.tables.accounts import Account, LicenseKeyGrant, Membership, User
from db.tables.base import Base, table
from db.tables.orders import Order, OrderLine, PaymentMethod
from db.tables.products import IssuedSubscription, LicenseKeyIndex, Product
from db.tables.records import AuditEvent, DemoMark, IdempotencyRecord, IssuedEvent, KeyAttempt
from db.tables.subscriptions import Activation, LicenseKey, Subscription, SubscriptionItem

__all__ = [
    "Account",
    "Activation",
    "AuditEvent",
    "Base",
    "DemoMark",
    "IdempotencyRecord",
    "IssuedEvent",
    "IssuedSubscription",
    "KeyAttempt",
    "LicenseKey",
    "LicenseKeyGrant",
    "LicenseKeyIndex",
    "Membership",
    "Order",
    "OrderLine",
    "PaymentMethod",
    "Product",
    "Subscription",
    "SubscriptionItem",
    "User",
    "table",
]
