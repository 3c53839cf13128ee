"""The tables that statements are built of, as SQLAlchemy Core sees them."""

from db.tables.accounts import Account, LicenseKeyGrant, Membership, User
from db.tables.base import table
from db.tables.orders import Order, OrderLine, PaymentMethod
from db.tables.products import LicenseKeyIndex, Product
from db.tables.records import AuditEvent
from db.tables.subscriptions import Activation, LicenseKey, Subscription, SubscriptionItem

accounts = table(Account)
activations = table(Activation)
audit_events = table(AuditEvent)
license_key_grants = table(LicenseKeyGrant)
license_key_index = table(LicenseKeyIndex)
license_keys = table(LicenseKey)
memberships = table(Membership)
order_lines = table(OrderLine)
orders = table(Order)
payment_methods = table(PaymentMethod)
products = table(Product)
subscription_items = table(SubscriptionItem)
subscriptions = table(Subscription)
users = table(User)
