"""Payment methods: described by a processor, one default, removed softly, and never a card's number."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from asyncpg import Connection

from db.changes import payment_methods
from db.changes.context import ChangeContext, RowKey
from db.changes.payment_methods import NewMethod, PaymentMethodDetails, is_card_number
from db.enums import PaymentMethodKind
from db.user_errors import MutationRefused, UserErrorCode
from tests import world

CARD = PaymentMethodDetails(PaymentMethodKind.CREDIT_CARD, "Visa", "4242", world.day(400), "Ada Example")


@dataclass(frozen=True, slots=True)
class Processor:
    """Knows a card behind every token, and tells which it was asked about."""

    asked: list[str]

    async def describe(self, token: str) -> PaymentMethodDetails | None:
        self.asked.append(token)
        return CARD


async def ada(conn: Connection) -> tuple[ChangeContext, UUID]:
    account_id = await world.company(conn)
    user_id = await conn.fetchval("SELECT id FROM users WHERE subject = 'ada'")
    return ChangeContext(user_id, "ada", world.NOW, "request"), account_id


async def defaults(conn: Connection, account_id: UUID) -> list[UUID]:
    rows = await conn.fetch("SELECT id FROM payment_methods WHERE account_id = $1 AND is_default", account_id)
    return [row["id"] for row in rows]


async def trail(conn: Connection, account_id: UUID) -> list[tuple[str, UUID, object, object]]:
    rows = await conn.fetch(
        "SELECT action, subject_id, before, after FROM audit_events WHERE account_id = $1 ORDER BY cmin::text::bigint",
        account_id,
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("4242424242424242", True),
        ("4242 4242-4242.4242", True),
        ("４２４２４２４２４２４２４２４２", True),
        ("378282246310005", True),
        ("4242424242424241", False),
        ("tok_4242424242424242", False),
        ("42", False),
        ("0" * 20, False),
        ("", False),
    ],
)
def test_a_card_number_is_known_however_it_is_grouped(text: str, passes: bool) -> None:
    assert is_card_number(text) is passes


async def test_a_card_number_reaches_neither_the_processor_nor_a_row(conn: Connection) -> None:
    ctx, account_id = await ada(conn)
    processor = Processor([])

    with pytest.raises(MutationRefused) as refused:
        await payment_methods.add(conn, ctx, processor, NewMethod(account_id, "4242 4242 4242 4242"))

    assert refused.value.code == UserErrorCode.TOKEN_INVALID
    assert (processor.asked, await trail(conn, account_id)) == ([], [])


async def test_an_added_method_is_what_the_processor_says_it_is(conn: Connection) -> None:
    ctx, account_id = await ada(conn)

    method = await payment_methods.add(conn, ctx, Processor([]), NewMethod(account_id, "tok_1"))

    row = await conn.fetchrow("SELECT * FROM payment_methods WHERE (account_id, id) = ($1, $2)", *method)
    assert row is not None
    assert dict(row) == {
        "account_id": account_id,
        "id": method[1],
        "kind": "CREDIT_CARD",
        "token": "tok_1",
        "brand": "Visa",
        "last4": "4242",
        "expires_on": world.day(400),
        "holder_name": "Ada Example",
        "is_default": False,
        "removed_at": None,
        "created_at": world.NOW,
    }
    assert await trail(conn, account_id) == [
        ("payment_method.added", method[1], None, {"kind": "CREDIT_CARD", "last4": "4242"})
    ]


async def test_the_default_moves_and_leaves_one_event(conn: Connection) -> None:
    ctx, account_id = await ada(conn)
    first = await payment_methods.add(conn, ctx, Processor([]), NewMethod(account_id, "tok_1", make_default=True))
    second = await payment_methods.add(conn, ctx, Processor([]), NewMethod(account_id, "tok_2"))

    moved = [await payment_methods.set_default(conn, ctx, second) for _ in range(2)]

    assert moved == [True, False]
    assert await defaults(conn, account_id) == [second[1]]
    assert (await trail(conn, account_id))[-1] == (
        "payment_method.default_changed",
        second[1],
        {"default": f"pay_{account_id}_{first[1]}"},
        {"default": f"pay_{account_id}_{second[1]}"},
    )


async def test_a_removed_default_is_no_default_and_its_token_can_come_back(conn: Connection) -> None:
    ctx, account_id = await ada(conn)
    first = await payment_methods.add(conn, ctx, Processor([]), NewMethod(account_id, "tok_1", make_default=True))

    await payment_methods.remove(conn, ctx, first)
    again = await payment_methods.add(conn, ctx, Processor([]), NewMethod(account_id, "tok_1"))

    rows = await conn.fetch("SELECT id, removed_at, is_default FROM payment_methods ORDER BY removed_at NULLS LAST")
    assert [tuple(row) for row in rows] == [(first[1], world.NOW, False), (again[1], None, False)]
    assert [action for action, *_ in await trail(conn, account_id)] == [
        "payment_method.added",
        "payment_method.default_changed",
        "payment_method.removed",
        "payment_method.added",
    ]


# Days after today: first day, last day; the switch; whether the method is in use.
@pytest.mark.parametrize(
    ("starts", "ends", "switch", "in_use"),
    [
        (-265, 100, "ON", True),
        (-395, -30, "ON", True),
        (-396, -31, "ON", False),
        (None, None, "ON", True),
        (30, 395, "ON", True),
        (-265, 100, "OFF", False),
    ],
)
async def test_a_method_is_in_use_while_a_subscription_renews_with_it(
    conn: Connection, starts: int | None, ends: int | None, switch: str, in_use: bool
) -> None:
    ctx, account_id = await ada(conn)
    method: RowKey = (account_id, await world.payment_method(conn, account_id))
    await world.subscription(
        conn,
        account_id,
        auto_renewal=switch,
        payment_method_id=method[1],
        activated_on=None if starts is None else world.day(starts),
        expires_on=None if ends is None else world.day(ends),
    )

    codes = []
    try:
        await payment_methods.remove(conn, ctx, method)
    except MutationRefused as refused:
        codes.append(refused.code)

    assert codes == ([UserErrorCode.PAYMENT_METHOD_IN_USE] if in_use else [])
