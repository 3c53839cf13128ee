"""How a subscription of the demo's world is described: what was sold, when relative to today, and what became of it."""

from dataclasses import dataclass

from db.enums import Allocation, AutoRenewal, OrderKind, OrderStatus, SalesChannel, StartTrigger


@dataclass(frozen=True, slots=True)
class Devices:
    """How many devices of each status one key has."""

    active: int = 0
    deactivated: int = 0
    blocked: int = 0


@dataclass(frozen=True, slots=True)
class Sublicense:
    """A key split off. `ends` is its own last day in days from today; `admins` are subjects of granted members."""

    name: str
    allocation: Allocation
    quota: int
    devices: Devices = Devices()
    ends: int | None = None
    is_blocked: bool = False
    admins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """One subscription. Days count from today, negative ones are past.

    `ends` is the last usable day after `terms` terms; without it `starts` is the first day, and without both it has
    not started. `term` 0 is perpetual. `method` is what renewals are charged to, `paid_by` what paid so far, by name.
    `added` of the licences were bought later. `first_order` is how the order that bought it stands.
    """

    number: str
    product: str
    licenses: int
    name: str | None = None
    ends: int | None = None
    starts: int | None = None
    term: int = 12
    terms: int = 1
    renewal: AutoRenewal = AutoRenewal.OFF
    channel: SalesChannel = SalesChannel.ONLINE_STORE
    trigger: StartTrigger = StartTrigger.ON_PURCHASE
    method: str | None = None
    paid_by: str | None = None
    currency: str = "EUR"
    items: tuple[str, ...] = ()
    devices: Devices = Devices()
    split: tuple[Sublicense, ...] = ()
    added: int = 0
    first_order: OrderStatus = OrderStatus.PAID
    is_trial: bool = False
    suspended: int | None = None
    is_key_blocked: bool = False


@dataclass(frozen=True, slots=True)
class StandaloneOrder:
    """An order that changed no subscription, or none any more; `placed` in days from today."""

    product: str
    quantity: int
    placed: int
    status: OrderStatus
    kind: OrderKind = OrderKind.NEW
    paid_by: str = "visa"
    currency: str = "EUR"
    number: str | None = None


@dataclass(frozen=True, slots=True)
class UnregisteredKey:
    """A subscription that was issued and that nobody registered. `starts` fixes its first day."""

    number: str
    product: str
    licenses: int
    channel: SalesChannel = SalesChannel.RESELLER
    trigger: StartTrigger = StartTrigger.ON_KEY_REGISTRATION
    renewal: AutoRenewal = AutoRenewal.OFF
    starts: int | None = None
    is_blocked: bool = False
    items: tuple[str, ...] = ()
