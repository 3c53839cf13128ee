"""Clients that change things without pause, what they were told, and what must be true of the rows afterwards."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
from asyncpg import Connection

from tests.processes import TIMEOUT

MUTATIONS = {
    "recordOrder": "RecordOrderInput",
    "issueSubscription": "IssueSubscriptionInput",
    "recordRenewal": "RecordRenewalInput",
    "renameSubscription": "RenameSubscriptionInput",
}
TERMS: dict[str, Any] = {
    "productCode": "desktop",
    "licenseCount": 5,
    "termMonths": 1,
    "channel": "RESELLER",
    "startTrigger": "ON_KEY_REGISTRATION",
}
ORDER: dict[str, Any] = {
    "placedAt": "2026-06-15T09:00:00Z",
    "kind": "NEW",
    "status": "PAID",
    "currency": "EUR",
    "lines": [{"productCode": "desktop", "quantity": quantity, "unitPrice": "49.90"} for quantity in (2, 1)],
    "total": "149.70",
}


@dataclass(slots=True)
class Call:
    """One call under its own key, which is also the number or the name of what it makes."""

    mutation: str
    input: dict[str, Any]
    acknowledged: bool = False

    @property
    def key(self) -> str:
        return str(self.input["idempotencyKey"])


@dataclass(slots=True)
class Client:
    """Somebody with an account, and a subscription to be renewed and renamed."""

    name: str
    account_id: str
    subscription_id: str
    tokens: dict[str, str]
    sent: int = 0

    def next_call(self) -> Call:
        """Each mutation in turn."""
        mutation = list(MUTATIONS)[self.sent % len(MUTATIONS)]
        self.sent += 1
        return Call(mutation, self.input(mutation, f"{self.name}-{self.sent}-{mutation}"))

    def input(self, mutation: str, key: str) -> dict[str, Any]:
        given: dict[str, dict[str, Any]] = {
            "recordOrder": {**ORDER, "accountId": self.account_id, "number": key},
            "issueSubscription": {**TERMS, "accountId": self.account_id, "number": key},
            "recordRenewal": {"subscriptionId": self.subscription_id, "paidOn": "2026-06-15"},
            "renameSubscription": {"subscriptionId": self.subscription_id, "displayName": key},
        }
        return {**given[mutation], "idempotencyKey": key}

    async def send(self, http: httpx.AsyncClient, origin: str, call: Call) -> bool:
        """Whether it was acknowledged: anything else says nothing about what became of it."""
        kind = MUTATIONS[call.mutation]
        query = f"mutation($input: {kind}!) {{ made: {call.mutation}(input: $input) {{ userErrors {{ code }} }} }}"
        token = self.tokens["owner" if call.mutation == "renameSubscription" else "store"]
        headers = {"authorization": f"Bearer {token}"}
        try:
            answer = await http.post(
                f"{origin}/graphql", json={"query": query, "variables": {"input": call.input}}, headers=headers
            )
        except httpx.TransportError:
            return False
        body = answer.json()
        if answer.status_code != 200 or body.get("errors"):
            return False
        refusals = [error["code"] for error in body["data"]["made"]["userErrors"]]
        # What was under way when its server was killed may be for a moment longer.
        assert refusals in ([], ["IDEMPOTENCY_IN_PROGRESS"]), (call, refusals)
        call.acknowledged = refusals == []
        return call.acknowledged


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another process does: there is no event to wait for."""
    async with asyncio.timeout(TIMEOUT):
        while not await is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def stream(clients: Sequence[Client], origin: str, journal: list[Call]) -> None:
    """Every client sends one call after the other, until one of its calls is not acknowledged."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:

        async def run(client: Client) -> None:
            goes_on = True
            while goes_on:
                call = client.next_call()
                journal.append(call)
                goes_on = await client.send(http, origin, call)

        await asyncio.gather(*map(run, clients))


async def send_again(clients: Sequence[Client], origin: str, journal: Sequence[Call]) -> int:
    """Send what was not acknowledged until it is; how many there were."""
    left = [call for call in journal if not call.acknowledged]
    by_name = {client.name: client for client in clients}
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        for call in left:
            await until(partial(by_name[call.key.split("-")[0]].send, http, origin, call))
    return len(left)


_MADE = {
    "recordOrder": """
        SELECT o.number, count(DISTINCT e.id) AS events, count(DISTINCT l.position) AS parts
          FROM orders o LEFT JOIN order_lines l ON (l.account_id, l.order_id) = (o.account_id, o.id)
          LEFT JOIN audit_events e ON (e.account_id, e.subject_id, action) = (o.account_id, o.id, 'order.recorded')
         GROUP BY o.account_id, o.id, o.number""",
    # A subscription, its key and the key's entry in the index.
    "issueSubscription": """
        SELECT i.number, count(DISTINCT e.id) AS events, count(DISTINCT k.id) + count(DISTINCT x.digest) AS parts
          FROM issued_subscriptions i
          LEFT JOIN license_keys k ON k.subscription_id = i.id LEFT JOIN license_key_index x ON x.license_key_id = k.id
          LEFT JOIN audit_events e ON (e.subject_id, action) = (i.id, 'subscription.issued')
         WHERE i.number LIKE '%-issueSubscription' GROUP BY i.id, i.number""",
    "renameSubscription": """
        SELECT after ->> 'displayName' AS number, count(*) AS events, 2 AS parts
          FROM audit_events WHERE action = 'subscription.renamed' GROUP BY 1""",
}
_RENEWED = """
    SELECT s.display_name, (extract(year FROM expires_on) - extract(year FROM activated_on)) * 12
           + extract(month FROM expires_on) - extract(month FROM activated_on) - 1 AS months,
           (SELECT count(*) FROM audit_events e
             WHERE e.subject_id = s.id AND action = 'subscription.renewed') AS events,
           (SELECT after ->> 'displayName' FROM audit_events e WHERE e.subject_id = s.id
               AND action = 'subscription.renamed' ORDER BY occurred_at DESC, id DESC LIMIT 1) AS last_name
      FROM subscriptions s WHERE s.id = $1
"""


async def require_whole(conn: Connection, clients: Sequence[Client], journal: Sequence[Call]) -> None:
    """What was acknowledged is there, nothing is there by half, and the trail tells of each change once."""
    records = await conn.fetch("SELECT mutation, key FROM idempotency_records WHERE result IS NOT NULL")
    done = {row["key"] for row in records}
    assert await conn.fetchval("SELECT count(*) FROM idempotency_records") == len(done)
    assert {call.key for call in journal if call.acknowledged} <= done <= {call.key for call in journal}
    for mutation, statement in _MADE.items():
        made = Counter({row["number"]: (row["events"], row["parts"]) for row in await conn.fetch(statement)})
        assert made == {key: (1, 2) for key in done if key.endswith(f"-{mutation}")}
    for client in clients:
        renewals = [key for key in done if key.startswith(f"{client.name}-") and key.endswith("-recordRenewal")]
        row = await conn.fetchrow(_RENEWED, client.subscription_id.split("_")[2])
        assert row is not None
        assert (row["months"], row["events"]) == (len(renewals), len(renewals))
        assert row["display_name"] == (row["last_name"] or "Desktop")
