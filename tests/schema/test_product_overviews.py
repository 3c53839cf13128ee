"""The dashboard's boxes: one for each product with subscriptions, from one statement, in agreement with the list."""

from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Connection
from hypothesis import given
from hypothesis import strategies as st

from tests import world
from tests.conftest import Client
from tests.schema.examples import FEW_EXAMPLES, license_key, rolled_back, subscription, terms
from tests.schema.model import Key, Term, seats

BOXES = """
productOverviews {
  product { code } activeSubscriptions expiringSoon inGracePeriod expired
  licenses licensesUsed nextRenewalOn nextExpirationOn
}
"""
ASKED = f"query($id: ID!) {{ account(id: $id) {{ {BOXES} }} }}"
CODES = ["access", "desktop", "toolbox"]
# What a box counts, and the filter of the list that shows the same subscriptions.
FILTERS = {
    "activeSubscriptions": "display: ACTIVE",
    "expiringSoon": "display: EXPIRING_SOON",
    "inGracePeriod": "statusIn: [GRACE_PERIOD]",
    "expired": "display: EXPIRED",
}
COUNTED = " ".join(
    f"{name}: subscriptions(filter: {{productId: $product, {kept}}}) {{ totalCount }}" for name, kept in FILTERS.items()
)
COUNTS = f"query($id: ID!, $product: ID!) {{ account(id: $id) {{ {COUNTED} }} }}"
EMPTY = {
    "activeSubscriptions": 0,
    "expiringSoon": 0,
    "inGracePeriod": 0,
    "expired": 0,
    "licenses": 0,
    "licensesUsed": 0,
}


async def _boxes(client: Client, account: UUID) -> list[dict[str, Any]]:
    data = await client.ask(ASKED, {"id": f"acc_{account}"})
    boxes: list[dict[str, Any]] = data["account"]["productOverviews"]
    return boxes


def _box(code: str, renewal: date | None = None, expiration: date | None = None, **counts: int) -> dict[str, Any]:
    """A box that counts nothing but this."""
    days = {"nextRenewalOn": renewal, "nextExpirationOn": expiration}
    texts = {name: day and day.isoformat() for name, day in days.items()}
    return {"product": {"code": code}, **EMPTY, **counts, **texts}


async def test_an_account_without_subscriptions_has_no_boxes(conn: Connection, client: Client) -> None:
    account = await world.company(conn)

    boxes = await _boxes(client, account)

    assert boxes == []


async def test_boxes_come_in_the_order_of_the_products_codes(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    for code in ("toolbox", "access"):
        await world.product(conn, code)
    for code in ("toolbox", "desktop", "access", "desktop"):
        await world.subscription(conn, account, code, expires_on=None, license_count=3)

    boxes = await _boxes(client, account)

    assert boxes == [
        _box("access", activeSubscriptions=1, licenses=3),
        _box("desktop", activeSubscriptions=2, licenses=6),
        _box("toolbox", activeSubscriptions=1, licenses=3),
    ]


async def test_a_box_counts_licenses_of_usable_subscriptions_and_seats_of_their_live_keys(
    conn: Connection, client: Client
) -> None:
    account = await world.company(conn)
    card = await world.payment_method(conn, account)
    grace: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card, "expires_on": world.day(-30)}
    active = await world.subscription(conn, account, license_count=20)
    in_grace = await world.subscription(conn, account, license_count=5, **grace)
    expired = await world.subscription(conn, account, license_count=100, expires_on=world.day(-1))
    for subscription_id, used in ((active, 2), (in_grace, 3), (expired, 40)):
        await world.license_key(conn, account, subscription_id, used=used)
    for expires_on in (world.day(0), world.day(-1)):
        reserved = {"allocation": "RESERVED", "quota": 9, "used": 7, "expires_on": expires_on}
        await world.license_key(conn, account, active, **reserved)

    boxes = await _boxes(client, account)

    counts = {"activeSubscriptions": 2, "inGracePeriod": 1, "expired": 1, "licenses": 25, "licensesUsed": 12}
    assert boxes == [_box("desktop", None, world.day(100), **counts)]


async def test_what_is_pending_or_suspended_is_in_a_box_without_being_counted(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    for values in ({"activated_on": None}, {"suspended_at": world.NOW}):
        subscription_id = await world.subscription(conn, account, expires_on=world.day(3), **values)
        await world.license_key(conn, account, subscription_id, used=1)

    boxes = await _boxes(client, account)

    assert boxes == [_box("desktop")]


async def test_the_next_renewal_is_not_before_today_and_pending_ones_renew_too(
    conn: Connection, client: Client
) -> None:
    account = await world.company(conn)
    await world.product(conn, "toolbox")
    renewing: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": await world.payment_method(conn, account)}
    for code, expires_on, activated_on in (
        ("desktop", world.day(-1), world.day(-9)),
        ("desktop", world.day(0), world.day(-9)),
        ("desktop", world.day(1), world.day(-9)),
        ("toolbox", world.day(30), world.day(1)),
        ("toolbox", world.day(31), world.day(-9)),
    ):
        await world.subscription(conn, account, code, expires_on=expires_on, activated_on=activated_on, **renewing)

    boxes = await _boxes(client, account)

    assert boxes == [
        _box("desktop", activeSubscriptions=3, inGracePeriod=1, licenses=30, renewal=world.day(0)),
        _box("toolbox", activeSubscriptions=1, licenses=10, renewal=world.day(30)),
    ]


async def test_the_next_expiration_is_of_an_active_subscription_that_does_not_renew(
    conn: Connection, client: Client
) -> None:
    account = await world.company(conn)
    card = await world.payment_method(conn, account)
    renewing: dict[str, Any] = {"auto_renewal": "ON", "payment_method_id": card}
    await world.subscription(conn, account, expires_on=world.day(40), **renewing)
    for expires_on in (world.day(50), world.day(60), world.day(-1), None):
        await world.subscription(conn, account, expires_on=expires_on)
    await world.subscription(conn, account, expires_on=world.day(45), activated_on=None)

    boxes = await _boxes(client, account)

    counts = {"activeSubscriptions": 4, "expired": 1, "licenses": 40}
    assert boxes == [_box("desktop", world.day(40), world.day(50), **counts)]


async def test_other_accounts_are_in_no_box(conn: Connection, client: Client) -> None:
    account, other = await world.company(conn), await world.account(conn)
    for owner, used in ((account, 1), (other, 5)):
        row_id = UUID("01900000-0000-7000-8000-000000000001")
        await world.subscription(conn, owner, id=row_id, expires_on=None)
        await world.license_key(conn, owner, row_id, used=used)

    boxes = await _boxes(client, account)

    assert boxes == [_box("desktop", activeSubscriptions=1, licenses=10, licensesUsed=1)]


async def test_all_boxes_come_from_one_statement_over_subscriptions(
    conn: Connection, client_of_resolvers: Client, statements: list[str]
) -> None:
    account = await world.company(conn)
    for code in ("access", "toolbox"):
        await world.product(conn, code)
    for code in CODES * 5:
        await world.license_key(conn, account, await world.subscription(conn, account, code))
    await client_of_resolvers.ask("{ viewer { scopes } }")
    statements.clear()

    boxes = await _boxes(client_of_resolvers, account)

    assert [box["product"]["code"] for box in boxes] == CODES
    reading = [statement for statement in statements if "FROM subscriptions" in statement]
    # the account, the boxes, their products
    assert (len(statements), len(reading)) == (3, 1)
    assert "GROUP BY" in reading[0]


@st.composite
def holdings(draw: st.DrawFn) -> tuple[str, Term, int, list[Key]]:
    """A product, a term of it, its licences and keys: as many as fit, live or not."""
    keys = [Key(None, None, draw(st.integers(0, 5)), None, blocked=False)]
    for _ in range(draw(st.integers(0, 2))):
        ends = draw(st.none() | st.integers(-1, 1).map(world.day))
        keys.append(
            Key(draw(st.sampled_from(["RESERVED", "DYNAMIC"])), 5, draw(st.integers(0, 5)), ends, blocked=False)
        )
    return draw(st.sampled_from(CODES)), draw(terms(world.TODAY)), draw(st.integers(15, 30)), keys


def _expected(rows: list[tuple[str, Term, int, list[Key]]], code: str) -> dict[str, Any]:
    today = world.TODAY
    held = [(term, total, seats(total, keys, today)["used"]) for product, term, total, keys in rows if product == code]
    usable = [(total, used) for term, total, used in held if term.is_usable(today)]
    all_terms = [term for term, _, _ in held]
    statuses = [term.status(today) for term in all_terms]
    renewals = [day for term in all_terms if (day := term.renews_on(today)) is not None and day >= today]
    ends = [term.expires_on for term in all_terms if term.status(today) == "ACTIVE" and term.auto_renewal != "ON"]
    return _box(
        code,
        min(renewals, default=None),
        min((day for day in ends if day is not None), default=None),
        activeSubscriptions=len(usable),
        expiringSoon=sum(term.is_expiring_soon(today, 30) for term in all_terms),
        inGracePeriod=statuses.count("GRACE_PERIOD"),
        expired=statuses.count("EXPIRED"),
        licenses=sum(total for total, _ in usable),
        licensesUsed=sum(used for _, used in usable),
    )


@FEW_EXAMPLES
@given(st.lists(holdings(), max_size=20))
async def test_boxes_of_generated_subscriptions_are_those_of_the_model_and_agree_with_the_list(
    conn: Connection, client: Client, company: UUID, card: UUID, rows: list[tuple[str, Term, int, list[Key]]]
) -> None:
    async with rolled_back(conn):
        await world.product(conn, "access")
        for code, term, total, keys in rows:
            values = {"product_code": code, "license_count": total}
            subscription_id = await subscription(conn, company, term, card, **values)
            for key in keys:
                await license_key(conn, company, subscription_id, key)

        boxes = await _boxes(client, company)
        listed = [
            await client.ask(COUNTS, {"id": f"acc_{company}", "product": f"prd_{box['product']['code']}"})
            for box in boxes
        ]

    assert boxes == [_expected(rows, code) for code in CODES if any(code == product for product, *_ in rows)]
    counts = [{name: counted["totalCount"] for name, counted in data["account"].items()} for data in listed]
    assert counts == [{name: box[name] for name in FILTERS} for box in boxes]
