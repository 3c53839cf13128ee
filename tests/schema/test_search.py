"""What search finds: text within names and numbers in any case, and the last characters of keys."""

import re
from uuid import UUID

from asyncpg import Connection
from hypothesis import given
from hypothesis import strategies as st

from tests import world
from tests.conftest import Client
from tests.schema.examples import FEW_EXAMPLES, rolled_back

ASKED = """
query($id: ID!, $search: String!) {
  account(id: $id) { subscriptions(first: 100, filter: {search: $search}) { totalCount nodes { number } } }
}
"""
# By number: the name, and the tails of the keys
ROWS = {
    "S-0001": ("Desktop for Marketing", ["AB3CD"]),
    "S-0002": ("desktop, 100% of the *Studio*", ["9ZZ3C"]),
    "X/7710": ("it_has_underscores", ["AB3CE", "TTTTT"]),
    "X/7711": ("C:\\temp\\new", ["22222"]),
    "X/7712": ('O\'Brien "& Sons"', ["33333", "AAB3C"]),
    "X/7713": ("Étoile 🚀 Ünïcødé 日本", []),
}
BY_TEXT = {
    "Desktop for Marketing": ["S-0001"],
    "desktop": ["S-0001", "S-0002"],
    "DESKTOP": ["S-0001", "S-0002"],
    "top f": ["S-0001"],
    "s-000": ["S-0001", "S-0002"],
    "S-0002": ["S-0002"],
    "/771": ["X/7710", "X/7711", "X/7712", "X/7713"],
    "no such name": [],
    "%": ["S-0002"],
    "100%": ["S-0002"],
    "0% of": ["S-0002"],
    "D%p": [],
    "_": ["X/7710"],
    "it_has": ["X/7710"],
    "it.has": [],
    "\\": ["X/7711"],
    "\\temp\\": ["X/7711"],
    "\\\\": [],
    "\\%": [],
    "'": ["X/7712"],
    "o'brien \"&": ["X/7712"],
    "''": [],
    "*studio*": ["S-0002"],
    "(": [],
    "[a-z]": [],
    "🚀": ["X/7713"],
    "🚁": [],
    "étoile": ["X/7713"],
    "ÜNÏCØDÉ": ["X/7713"],
    "日本": ["X/7713"],
}
BY_KEY = {
    "AB3CD": ["S-0001"],
    "ab3cd": ["S-0001"],
    "3CD": ["S-0001"],
    "B3C": ["X/7712"],
    "3c": [],
    "-3-C-": [],
    "ab-3cd": ["S-0001"],
    "B-3-C": ["X/7712"],
    "11111-22222-ABCDE-XYZ12-AB3CD": ["S-0001"],
    "11111 22222 abcde xyz12 ab3cd": ["S-0001"],
    "1111122222ABCDEXYZ12AB3CD": ["S-0001"],
    "*****-*****-*****-*****-AB3CD": ["S-0001"],
    "TTTTT": ["X/7710"],
    "1TTTT": [],
    "AB3C": ["X/7712"],
    "B3%": [],
    "___": [],
}


async def _stored(conn: Connection) -> UUID:
    account = await world.company(conn)
    for number, (name, tails) in ROWS.items():
        subscription = await world.subscription(conn, account, number=number, display_name=name)
        for position, tail in enumerate(tails):
            sublicense = {"allocation": "RESERVED", "quota": 1} if position else {}
            await world.license_key(conn, account, subscription, tail=tail, **sublicense)
    return account


async def _found(client: Client, account: UUID, sought: str) -> list[str]:
    """The numbers of what is found, each as often as it stands on the page, which agrees with the count."""
    data = await client.ask(ASKED, {"id": f"acc_{account}", "search": sought})
    found = data["account"]["subscriptions"]
    assert found["totalCount"] == len(found["nodes"])
    return sorted(node["number"] for node in found["nodes"])


async def test_search_is_case_insensitive_and_escapes_wildcards(conn: Connection, client: Client) -> None:
    account = await _stored(conn)

    found = {sought: await _found(client, account, sought) for sought in BY_TEXT}

    assert found == BY_TEXT


async def test_a_key_of_any_kind_is_found_by_three_or_more_of_its_last_characters(
    conn: Connection, client: Client
) -> None:
    account = await _stored(conn)

    found = {sought: await _found(client, account, sought) for sought in BY_KEY}

    assert found == BY_KEY


async def test_search_returns_a_row_that_matches_twice_once(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    subscription = await world.subscription(conn, account, number="AB3CD", display_name="ab3cd AB3CD")
    await world.license_key(conn, account, subscription)
    await world.license_key(conn, account, subscription, allocation="RESERVED", quota=1)

    found = await _found(client, account, "AB3CD")

    assert found == ["AB3CD"]


async def test_search_stays_within_the_account(conn: Connection, client: Client) -> None:
    account = await world.company(conn)
    other = await world.account(conn)
    subscription = await world.subscription(conn, other, display_name="theirs")
    await world.license_key(conn, other, subscription, tail="AB3CD")

    found = [await _found(client, account, sought) for sought in ("theirs", "AB3CD", "")]

    assert found == [[], [], []]


# Few characters, so that what is sought is often there; all of them mean something to LIKE, to SQL or to a key.
CHARACTERS = st.sampled_from("aAbB3-% _\\'🚀")


@FEW_EXAMPLES
@given(
    st.lists(
        st.tuples(st.text(CHARACTERS, min_size=1, max_size=8), st.text("AB3", min_size=5, max_size=5)),
        min_size=5,
        max_size=15,
    ),
    st.lists(
        st.text(CHARACTERS, min_size=1, max_size=4) | st.text("ab3AB-", min_size=3, max_size=7),
        min_size=15,
        max_size=15,
    ),
)
async def test_search_agrees_with_python_on_generated_text(
    conn: Connection, client: Client, company: UUID, rows: list[tuple[str, str]], texts: list[str]
) -> None:
    async with rolled_back(conn):
        for position, (name, tail) in enumerate(rows):
            values = {"number": f"<{position}>", "display_name": name}
            subscription = await world.subscription(conn, company, **values)
            await world.license_key(conn, company, subscription, tail=tail)

        found = [await _found(client, company, sought) for sought in texts]

    matching = [
        [
            f"<{position}>"
            for position, (name, tail) in enumerate(rows)
            if _matches(sought, f"{name} <{position}>", tail)
        ]
        for sought in texts
    ]
    assert found == [sorted(numbers) for numbers in matching]


def _matches(sought: str, text: str, tail: str) -> bool:
    letters = re.sub("[^A-Z0-9]", "", sought.upper())
    return sought.lower() in text.lower() or (len(letters) in (3, 4, 5, 25) and tail.endswith(letters[-5:]))
