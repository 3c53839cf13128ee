"""Every table as SQLAlchemy Core sees it: what statements are built of."""

from db.tables.accounts import Account, LicenseKeyGrant, Membership, User
from db.tables.base import table
from db.tables.orders import Order, OrderLine, PaymentMethod
from db.tables.products import IssuedSubscription, LicenseKeyIndex, Product
from db.tables.records import AuditEvent, DemoMark, IdempotencyRecord, IssuedEvent, KeyAttempt
from db.tables.subscriptions import Activation, LicenseKey, Subscription, SubscriptionItem

accounts = table(Account)
activations = table(Activation)
audit_events = table(AuditEvent)
demo_marks = table(DemoMark)
idempotency_records = table(IdempotencyRecord)
issued_events = table(IssuedEvent)
issued_subscriptions = table(IssuedSubscription)
key_attempts = table(KeyAttempt)
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
