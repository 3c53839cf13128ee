"""Many accounts and a large one, multiplied by PostgreSQL from a few that were generated: in seconds."""

from collections.abc import Mapping, Sequence

from asyncpg import Connection
from sqlalchemy import Table

from db import seed, tables
from db.license_key_custody.keyring import Keyring
from db.seed.generated import indexes
from db.tables import Base
from tests import world

# Accounts that are generated, the subscriptions of each, and how often there is each in the end.
GENERATED, EACH, COPIES = 50, 3, 60
LARGE = 50_000  # subscriptions
# The large account's administrator, and the one of an ordinary account.
LARGE_OWNER, ORDINARY_OWNER = "owner-8", "owner-7"

_TENANT = [each for each in Base.metadata.sorted_tables if "account_id" in each.primary_key.columns]


async def fill_database(conn: Connection, keyring: Keyring) -> None:
    """Fill an empty database. What is the same in every copy of an account is nobody else's: keys hold the account."""
    await seed.generate(
        conn,
        keyring,
        world.NOW,
        accounts=GENERATED,
        subscriptions=EACH * GENERATED,
        large_account=False,
        progress=lambda *_: None,
    )
    async with conn.transaction():
        rebuilding = await indexes.drop_indexes(conn)
        await _copy_accounts(conn)
        await _enlarge(conn)
        await _invite(conn)
        for statement in rebuilding:
            await conn.execute(statement)
    await conn.execute("ANALYZE")


async def _copy_accounts(conn: Connection) -> None:
    await conn.execute(
        "CREATE TEMP TABLE copies ON COMMIT DROP AS SELECT id AS account_id, n FROM accounts, generate_series(1, $1) n"
        " WHERE kind = 'BUSINESS'",
        COPIES - 1,
    )
    people = "SELECT m.user_id AS id, n FROM memberships m JOIN copies USING (account_id) WHERE m.user_id IS NOT NULL"
    named = {"id": _derived_uuid("t.id"), "subject": "t.subject || '-' || n"}
    await _insert(
        conn, tables.table(tables.User), f"(SELECT DISTINCT * FROM ({people}) p) p JOIN users t USING (id)", named
    )
    of_account = {"account_id": _derived_uuid("t.account_id"), "user_id": _derived_uuid("t.user_id")}
    accounts = tables.table(tables.Account)
    await _insert(conn, accounts, "copies c JOIN accounts t ON t.id = c.account_id", {"id": _derived_uuid("t.id")})
    for table in _TENANT:
        await _insert(conn, table, f"copies c JOIN {table.name} t ON t.account_id = c.account_id", of_account)


async def _enlarge(conn: Connection) -> None:
    account = await conn.fetchval(
        "SELECT account_id FROM memberships m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.account_id"
        " WHERE u.subject = $1 AND a.kind = 'BUSINESS'",
        LARGE_OWNER,
    )
    own = {
        **{key: _derived_uuid(f"t.{key}") for key in ("id", "subscription_id")},
        "number": "t.number || '-' || n",
        "display_name": "t.display_name || ' ' || n",
        "tail": "upper(left(md5(t.id::text || n), length(t.tail)))",
    }
    for model, chosen in ((tables.Subscription, "true"), (tables.LicenseKey, "t.kind = 'PRIMARY'")):
        table = tables.table(model)
        rows = (
            f"generate_series(1, {LARGE // EACH + 1}) n JOIN {table.name} t ON t.account_id = '{account}' AND {chosen}"
        )
        await _insert(conn, table, rows, own)


async def _invite(conn: Connection) -> None:
    """Somebody in every account: an index of invitations alone is read whole as long as it has a page or two."""
    await conn.execute(
        "INSERT INTO memberships (account_id, id, email, role, status, since)"
        " SELECT id, gen_random_uuid(), 'guest-' || row_number() OVER () || '@example.com', 'MEMBER', 'INVITED', $1"
        " FROM accounts",
        world.NOW,
    )


def _derived_uuid(key: str) -> str:
    return f"md5({key}::text || n)::uuid"


async def _insert(conn: Connection, table: Table, rows: str, changed: Mapping[str, str]) -> None:
    """Rows of the table once more, but for these columns."""
    names: Sequence[str] = table.columns.keys()
    values = ", ".join(changed.get(name, f"t.{name}") for name in names)
    await conn.execute(f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM {rows}")
