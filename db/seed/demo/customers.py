"""How an account of the demo's world is described: who is in it, what it pays with, what it bought."""

from dataclasses import dataclass

from db.enums import AccountKind, MemberRole, MembershipStatus, PaymentMethodKind
from db.seed.demo.sales import Sale, StandaloneOrder


@dataclass(frozen=True, slots=True)
class Member:
    """A user in an account since so many days ago."""

    subject: str
    role: MemberRole
    since: int
    status: MembershipStatus = MembershipStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Invitation:
    """An address that was invited so many days ago; it may accept for 14 days."""

    email: str
    role: MemberRole
    since: int


@dataclass(frozen=True, slots=True)
class Method:
    """A payment method by the name that sales use. `expires` in months from today, `removed` in days ago."""

    name: str
    kind: PaymentMethodKind
    brand: str | None = None
    last4: str | None = None
    expires: int | None = None
    holder: str | None = None
    is_default: bool = False
    removed: int | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """An account opened so many days ago; its first member is its owner."""

    kind: AccountKind
    name: str
    opened: int
    members: tuple[Member, ...]
    invitations: tuple[Invitation, ...] = ()
    methods: tuple[Method, ...] = ()
    sales: tuple[Sale, ...] = ()
    store_sales: tuple[Sale, ...] = ()
    """Sales that the store itself writes: from the online store, started when they are paid, with one key."""
    standalone_orders: tuple[StandaloneOrder, ...] = ()
