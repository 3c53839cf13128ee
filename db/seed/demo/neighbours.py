"""The other accounts of the demo's world, and the keys that nobody has registered."""

from db.enums import (
    AccountKind,
    Allocation,
    AutoRenewal,
    MemberRole,
    OrderStatus,
    PaymentMethodKind,
    SalesChannel,
    StartTrigger,
)
from db.seed.demo.customers import Customer, Invitation, Member, Method
from db.seed.demo.people import PEOPLE
from db.seed.demo.sales import Devices, Sale, StandaloneOrder, Sublicense, UnregisteredKey

_ON, _NOT_AVAILABLE = AutoRenewal.ON, AutoRenewal.NOT_AVAILABLE
_CARD, _BUSINESS = PaymentMethodKind.CREDIT_CARD, AccountKind.BUSINESS
_OWNER, _ADMIN, _MEMBER = MemberRole.OWNER, MemberRole.ADMIN, MemberRole.MEMBER

PUBLISHER = Customer(
    _BUSINESS,
    "Beispielverlag Öström",
    opened=900,
    members=(Member("ingrid", _OWNER, 900), Member("nadia", _MEMBER, 320), Member("tomas", _ADMIN, 610)),
    invitations=(Invitation("lektorat@example.org", _MEMBER, 2),),
    methods=(
        Method("mastercard", _CARD, "Mastercard", "5100", 14, "Ingrid Beispiel-Öström", is_default=True),
        Method("invoice", PaymentMethodKind.INVOICE, holder="Beispielverlag Öström"),
    ),
    sales=(
        Sale("B-2001", "desktop-business", 20, "Lektorat", ends=151, terms=2, renewal=_ON, method="mastercard",
             devices=Devices(13, 2), split=(Sublicense("Praktikum", Allocation.RESERVED, 4, Devices(2)),)),
        Sale("B-2002", "desktop-pro", 4, "Grafik", ends=38, renewal=_ON, method="mastercard", devices=Devices(4)),
        Sale("B-2003", "toolbox", 10, None, ends=14, paid_by="mastercard", devices=Devices(3)),
        Sale("B-2004", "remote-server", 8, "Außenstelle", ends=-9, renewal=_ON, method="mastercard",
             devices=Devices(6)),
        Sale("B-2005", "file-courier", 5, "Druckerei", ends=-130, paid_by="invoice", devices=Devices(2)),
    ),
    standalone_orders=(StandaloneOrder("priority-care", 1, -44, OrderStatus.CANCELLED, paid_by="invoice"),),
)  # fmt: skip

ARCHITECTS = Customer(
    _BUSINESS,
    "架空設計",
    opened=700,
    members=(Member("taro", _OWNER, 700), Member("nadia", _MEMBER, 150)),
    methods=(
        Method("card", _CARD, "JCB", "0505", 22, "MIHON TARO", is_default=True),
        Method("bank", PaymentMethodKind.WIRE_TRANSFER, holder="架空設計"),
    ),
    sales=(
        Sale("C-3001", "desktop-enterprise", 40, "本社", ends=199, channel=SalesChannel.SALES_REP,
             trigger=StartTrigger.ON_FIXED_DATE, paid_by="bank", currency="JPY", items=("priority-care",),
             devices=Devices(12),
             split=(Sublicense("海外チーム", Allocation.RESERVED, 10, Devices(4, 1), admins=("nadia",)),
                    Sublicense("構造設計", Allocation.DYNAMIC, 15, Devices(6)))),
        Sale("C-3002", "device-console", 40, None, ends=199, renewal=_ON, method="card", currency="JPY",
             devices=Devices(21)),
        Sale("C-3004", "desktop-business", 3, "旧支社", ends=-64, paid_by="card", currency="JPY"),
    ),
    store_sales=(
        Sale("C-3003", "toolbox", 6, "工具", ends=23, term=1, terms=9, renewal=_ON, method="card", currency="JPY",
             devices=Devices(6)),
    ),
)  # fmt: skip

STRANGERS = Customer(
    _BUSINESS,
    "Esempio & Daughters",
    opened=420,
    members=(Member("zoe", _OWNER, 420),),
    methods=(Method("paypal", PaymentMethodKind.PAYPAL, holder="zoe@example.net", is_default=True),),
    sales=(
        Sale("D-4001", "desktop-business", 6, "Workshop", ends=77, renewal=_ON, method="paypal", currency="USD",
             devices=Devices(5), split=(Sublicense("Apprentices", Allocation.DYNAMIC, 2, Devices(1)),)),
        Sale("D-4003", "desktop-pro", 2, "Front desk", ends=-18, channel=SalesChannel.RESELLER,
             trigger=StartTrigger.ON_FIRST_ACTIVATION, devices=Devices(1)),
    ),
    store_sales=(
        Sale("D-4002", "toolbox", 6, None, ends=77, renewal=_ON, method="paypal", currency="USD",
             devices=Devices(2)),
    ),
)  # fmt: skip

_NADIA_AT_HOME = Customer(
    AccountKind.PERSONAL,
    "Nadia Exemple",
    opened=1600,
    members=(Member("nadia", _OWNER, 1600),),
    methods=(
        Method("visa", _CARD, "Visa", "0077", 9, "Nadia Exemple", is_default=True),
        Method("app store", PaymentMethodKind.APP_STORE, holder="nadia@example.com"),
    ),
    sales=(
        Sale("P-5001", "desktop-home", 1, "À la maison", ends=118, terms=3, renewal=_ON, method="visa",
             trigger=StartTrigger.ON_FIRST_ACTIVATION, devices=Devices(1, 1)),
        Sale("P-5002", "desktop-pro", 1, None, ends=19, term=1, terms=4, renewal=_NOT_AVAILABLE,
             channel=SalesChannel.APP_STORE, method="app store", trigger=StartTrigger.ON_FIRST_ACTIVATION,
             devices=Devices(1)),
        Sale("P-5003", "toolbox", 1, None, starts=-480, term=0, renewal=_NOT_AVAILABLE, paid_by="visa",
             devices=Devices(1)),
        Sale("P-5004", "mobile-companion", 2, "Téléphones", ends=-51, paid_by="visa", devices=Devices(1)),
    ),
)  # fmt: skip

_REIKO_AT_HOME = Customer(
    AccountKind.PERSONAL,
    "見本 玲子",
    opened=780,
    members=(Member("reiko", _OWNER, 780),),
    methods=(Method("card", _CARD, "JCB", "3300", 17, "MIHON REIKO", is_default=True),),
    sales=(
        Sale("P-6001", "desktop-home", 1, "自宅", ends=204, renewal=_ON, method="card", currency="JPY",
             trigger=StartTrigger.ON_FIRST_ACTIVATION, devices=Devices(1)),
    ),
)  # fmt: skip

COMPANIES = (PUBLISHER, ARCHITECTS, STRANGERS)
# Everybody owns a personal account, as after a first sign-in.
HOMES = (
    _NADIA_AT_HOME,
    _REIKO_AT_HOME,
    *(
        Customer(AccountKind.PERSONAL, person.name, 1300, (Member(person.subject, _OWNER, 1300),))
        for person in PEOPLE
        if person.subject not in ("nadia", "reiko")
    ),
)

REGISTRABLE = (
    UnregisteredKey("R-7001", "desktop-home", 1, trigger=StartTrigger.ON_FIRST_ACTIVATION),
    UnregisteredKey("R-7002", "desktop-business", 15, items=("mobile-companion",)),
    UnregisteredKey("R-7003", "file-courier", 3),
)
UNREGISTRABLE = (
    UnregisteredKey("R-7004", "desktop-business", 5, is_blocked=True),
    UnregisteredKey("R-7005", "remote-server", 5, SalesChannel.SALES_REP, StartTrigger.ON_FIXED_DATE, starts=-400),
)
