"""The closed sets of values that columns hold and the graph shows, by one name and one spelling."""

from enum import StrEnum


class AccountKind(StrEnum):
    PERSONAL = "PERSONAL"
    BUSINESS = "BUSINESS"


class MemberRole(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"


class MembershipStatus(StrEnum):
    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    BLOCKED = "BLOCKED"


class SubscriptionStatus(StrEnum):
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    GRACE_PERIOD = "GRACE_PERIOD"
    EXPIRED = "EXPIRED"
    SUSPENDED = "SUSPENDED"


class SubscriptionDisplay(StrEnum):
    ALL = "ALL"
    ACTIVE = "ACTIVE"
    EXPIRING_SOON = "EXPIRING_SOON"
    EXPIRED = "EXPIRED"


class AutoRenewal(StrEnum):
    ON = "ON"
    OFF = "OFF"
    NOT_AVAILABLE = "NOT_AVAILABLE"


class StartTrigger(StrEnum):
    ON_PURCHASE = "ON_PURCHASE"
    ON_KEY_REGISTRATION = "ON_KEY_REGISTRATION"
    ON_FIRST_ACTIVATION = "ON_FIRST_ACTIVATION"
    ON_FIXED_DATE = "ON_FIXED_DATE"


class SalesChannel(StrEnum):
    ONLINE_STORE = "ONLINE_STORE"
    SALES_REP = "SALES_REP"
    RESELLER = "RESELLER"
    APP_STORE = "APP_STORE"


class LicenseKeyKind(StrEnum):
    PRIMARY = "PRIMARY"
    SUBLICENSE = "SUBLICENSE"


class LicenseKeyStatus(StrEnum):
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    BLOCKED = "BLOCKED"


class Allocation(StrEnum):
    RESERVED = "RESERVED"
    DYNAMIC = "DYNAMIC"


class ActivationStatus(StrEnum):
    ACTIVE = "ACTIVE"
    DEACTIVATED = "DEACTIVATED"
    BLOCKED = "BLOCKED"


class OrderStatus(StrEnum):
    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    PAID = "PAID"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"


class OrderKind(StrEnum):
    NEW = "NEW"
    RENEWAL = "RENEWAL"
    ADD_LICENSES = "ADD_LICENSES"


class PaymentMethodKind(StrEnum):
    CREDIT_CARD = "CREDIT_CARD"
    PAYPAL = "PAYPAL"
    DIRECT_DEBIT = "DIRECT_DEBIT"
    WIRE_TRANSFER = "WIRE_TRANSFER"
    INVOICE = "INVOICE"
    APP_STORE = "APP_STORE"


class SubscriptionOrderField(StrEnum):
    ENDS_ON = "ENDS_ON"
    ACTIVATED_ON = "ACTIVATED_ON"
    NAME = "NAME"
    PRODUCT = "PRODUCT"
    LICENSE_COUNT = "LICENSE_COUNT"


class OrderDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"
