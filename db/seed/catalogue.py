"""What the demo's maker of desktop software sells, and for how much. Maker, products and prices are invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from asyncpg import Connection

from db.enums import AccountKind

_GRACE_DAYS_PERSONAL, _GRACE_DAYS_BUSINESS = 7, 30
# What a term of so many months costs in yearly prices; 0 is a one-time purchase.
TERMS = {0: Decimal("2.5"), 1: Decimal("0.1"), 12: Decimal(1), 24: Decimal("1.9"), 36: Decimal("2.7")}
# With the smallest amount of each.
CURRENCIES = {"EUR": Decimal("0.01"), "USD": Decimal("0.01"), "JPY": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Listing:
    """A product and what one licence costs for a year. `audience` None: sold to people and companies alike."""

    code: str
    name: str
    edition: str | None
    audience: AccountKind | None
    eur: str
    usd: str
    jpy: str
    max_per_account: int | None = None
    sublicenses: bool = True
    dynamic: bool = True

    @property
    def grace_days(self) -> int:
        return _GRACE_DAYS_BUSINESS if self.audience is AccountKind.BUSINESS else _GRACE_DAYS_PERSONAL

    def price(self, currency: str, months: int) -> Decimal:
        """What one licence costs for a term, with as many digits as the currency has."""
        yearly = Decimal({"EUR": self.eur, "USD": self.usd, "JPY": self.jpy}[currency])
        return (yearly * TERMS[months]).quantize(CURRENCIES[currency])


_BUSINESS, _PERSONAL = AccountKind.BUSINESS, AccountKind.PERSONAL

CATALOGUE: Mapping[str, Listing] = {
    listing.code: listing
    for listing in (
        Listing("desktop-home", "Tandemoor Desktop Home", "Home", _PERSONAL, "49.90", "54.90", "4990"),
        Listing("desktop-pro", "Tandemoor Desktop Pro", "Pro", None, "89.90", "99.90", "9980"),
        Listing("desktop-business", "Tandemoor Desktop Business", "Business", _BUSINESS, "119.00", "129.00", "13800"),
        Listing(
            "desktop-enterprise", "Tandemoor Desktop Enterprise", "Enterprise", _BUSINESS, "149.00", "159.00", "17800",
            max_per_account=1,
        ),
        Listing("toolbox", "Tandemoor Toolbox", None, None, "19.90", "21.90", "2180", sublicenses=False),
        Listing("remote-server", "Tandemoor Remote Server", None, _BUSINESS, "99.50", "109.50", "11800", dynamic=False),
        Listing("remote-access", "Tandemoor Remote Access", None, None, "24.90", "27.90", "2780"),
        Listing("device-console", "Tandemoor Device Console", None, _BUSINESS, "39.00", "42.00", "4480"),
        Listing("mobile-companion", "Tandemoor Mobile Companion", None, None, "9.90", "10.90", "980"),
        Listing("file-courier", "Tandemoor File Courier", None, None, "14.90", "15.90", "1580"),
        Listing("priority-care", "Tandemoor Priority Care", None, _BUSINESS, "29.00", "32.00", "3280"),
    )
}  # fmt: skip


async def insert_catalogue(conn: Connection) -> None:
    """Insert the products that are not there yet."""
    await conn.executemany(
        """
        INSERT INTO products (code, name, edition, audience, grace_days, max_per_account,
                              sublicenses_supported, dynamic_allocation_supported)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (code) DO NOTHING
        """,
        [
            (each.code, each.name, each.edition, each.audience, each.grace_days, each.max_per_account,
             each.sublicenses, each.dynamic)
            for each in CATALOGUE.values()
        ],
    )  # fmt: skip
