"""Every mutation run, and run into a fault: no key, token or card number is told or kept anywhere but in its place."""

import io
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from asyncpg import Connection

from db import tables
from db.license_key_custody import key_format
from db.license_key_custody.keyring import Keyring
from db.user_errors import UserErrorCode
from tests.conftest import Client
from tests.mutations.cases import CASES
from tests.mutations.scenario import Case, Input, Scenario, mutation_document

# Where a whole key is what was asked for.
SHOWING = {"createSublicense", "issueSubscription", "revealLicenseKey", "rotateSublicense"}
# A processor's token is kept in its place, and nowhere else.
TABLES = [table.name for table in tables.Base.metadata.sorted_tables if table.name != "payment_methods"]

Run = Callable[[Callable[[UserErrorCode | None], bool]], Awaitable[tuple[str, set[str]]]]


def found(secrets: set[str], text: str) -> set[str]:
    """Those that stand in the text, whatever their case and groups."""
    plain = _plain(text)
    return {secret for secret in secrets if _plain(secret) in plain}


def _plain(text: str) -> str:
    return re.sub(r"[ -]", "", text).lower()


async def stored(conn: Connection) -> str:
    rows = [row for name in TABLES for row in await conn.fetch(f"SELECT t::text FROM {name} t")]
    return "\n".join(row[0] for row in rows)


async def secrets_of(conn: Connection, keyring: Keyring, given: Input) -> set[str]:
    """Every key there is, every token, and what was typed as one."""
    keys = await conn.fetch("SELECT ciphertext, encryption_secret_id, license_key_id FROM license_key_index")
    tokens = await conn.fetch("SELECT token FROM payment_methods")
    typed = {given[name] for name in ("key", "token") if given.get(name)}
    return {keyring.open(*key) for key in keys} | {row["token"] for row in tokens} | typed


@pytest.fixture
def run_all(scenario: Scenario, signing_key: str) -> Run:
    """Runs all cases of these codes, each undone. What was answered, and all the secrets there were."""

    async def run(wanted: Callable[[UserErrorCode | None], bool]) -> tuple[str, set[str]]:
        told, secrets = [], set[str]()
        chosen = [(mutation, case) for (mutation, code), cases in CASES.items() if wanted(code) for case in cases]
        for mutation, case in chosen:
            undone = scenario.conn.transaction()
            await undone.start()
            # With tokens of its own: by others, people would be remembered whose rows are gone.
            client = Client(scenario.client.http, signing_key)
            answer, known = await run_one(replace(scenario, client=client), mutation, case)
            await undone.rollback()
            told.append(answer)
            secrets |= known
        return "\n".join(told), secrets

    return run


async def run_one(scenario: Scenario, mutation: str, case: Case) -> tuple[str, set[str]]:
    given = await case(scenario)
    sent = {**given, **scenario.idempotency(mutation)}
    response = await scenario.client.post(
        mutation_document(mutation), {"input": sent}, to=scenario.to, **scenario.claims
    )
    body = response.json()
    if mutation in SHOWING and body["data"]:
        body["data"]["answer"].pop("key")
    answer = json.dumps(body)
    secrets = await secrets_of(scenario.conn, scenario.keyring, given)
    assert found(secrets, answer + await stored(scenario.conn)) == set(), mutation
    return answer, secrets


async def test_no_secret_leaks_to_responses_logs_or_rows(log: io.StringIO, run_all: Run) -> None:
    told, secrets = await run_all(lambda _: True)

    assert len(secrets) > len(CASES)
    assert log.getvalue().count('"request"') >= len(CASES)
    assert found(secrets | {"eyJ", "Bearer"}, told + log.getvalue()) == set()


async def test_internal_errors_leak_no_secret(log: io.StringIO, scenario: Scenario, run_all: Run) -> None:
    await scenario.conn.execute("ALTER TABLE audit_events RENAME COLUMN actor TO performer")

    told, secrets = await run_all(lambda code: code is None)

    assert told.count("INTERNAL") >= len({mutation for mutation, code in CASES if code is None})
    assert log.getvalue().count("Traceback") == told.count("INTERNAL")
    assert "performer" not in told
    assert found(secrets | {"eyJ", "Bearer"}, told + log.getvalue()) == set()


async def test_a_row_that_a_constraint_refuses_is_not_quoted(log: io.StringIO, scenario: Scenario) -> None:
    case, *_ = CASES["addPaymentMethod", None]
    given = await case(scenario)
    await scenario.conn.execute("ALTER TABLE payment_methods ADD CONSTRAINT never CHECK (token = '') NOT VALID")

    response = await scenario.client.post(
        mutation_document("addPaymentMethod"), {"input": given}, to=scenario.to, **scenario.claims
    )

    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "violates check constraint" in log.getvalue()
    assert found({given["token"], "Failing row"}, response.text + log.getvalue()) == set()


def test_secret_search_finds_secrets() -> None:
    key = key_format.generate()
    secrets = {key, "4242424242424242", "tok_visa"}

    text = f'{{"after": "{key_format.display(key).lower()}", "card": "4242 4242-4242 4242", "token": "tok_other"}}'

    assert found(secrets, text) == {key, "4242424242424242"}
