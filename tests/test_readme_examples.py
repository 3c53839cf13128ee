"""The README's five requests, word for word, against the demo: what they answer has the shape that is printed."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import processes
from tests.processes import ROOT, Running, licet

ENUM = re.compile(r"[A-Z_]+")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def demo(data_dir: Path) -> Iterator[Running]:
    with processes.demo(data_dir) as running:
        yield running


def printed() -> list[tuple[str, Any]]:
    """The requests of the README's life of a subscription, each with its answer."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Change it\n")[1].split("\n## ")[0]
    requests = re.findall(r"```graphql\n(.*?)```", section, re.DOTALL)
    answers = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", section, re.DOTALL)]
    return list(zip(requests, answers, strict=True))


def shape(value: Any) -> Any:
    """What must be as printed: names, kinds of values, enums, numbers and flags; not ids, keys and days."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return "text" if isinstance(value, str) and not ENUM.fullmatch(value) else value


def ask(running: Running, token: str, query: str, variables: dict[str, str]) -> Any:
    asked = set(re.findall(r"\$(\w+):", query))
    body = {"query": query, "variables": {name: value for name, value in variables.items() if name in asked}}
    answer = httpx.post(f"{running.origin}/graphql", json=body, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_the_life_of_a_subscription_is_as_the_readme_prints_it(demo: Running, data_dir: Path) -> None:
    store = licet("token", "store", "--data-dir", data_dir).stdout.strip()
    owner = demo.token()
    accounts = ask(demo, owner, "{ viewer { accounts { id name } } }", {})["viewer"]["accounts"]
    (company,) = [account["id"] for account in accounts if account["name"] == "Atelier Exemple"]
    variables = {"accountId": company, "paidOn": datetime.now(UTC).date().isoformat()}
    answered = []

    for position, (request, _) in enumerate(printed()):
        answer = ask(demo, store if position in (0, 3) else owner, request, variables)
        answered.append(answer)
        variables["key"] = answer.get("issueSubscription", {}).get("key", variables.get("key"))
        variables["subscriptionId"] = (
            answer.get("registerLicenseKey", {}).get("subscription", {}).get("id", variables.get("subscriptionId"))
        )

    assert [shape(answer) for answer in answered] == [shape(answer) for _, answer in printed()]


def test_a_card_number_is_refused_by_the_demos_processor_and_a_token_is_taken(demo: Running) -> None:
    query = "mutation($a: ID!, $t: String!) { made: addPaymentMethod(input: {accountId: $a, token: $t})"
    query += " { paymentMethod { kind brand last4 canRenew } userErrors { code } } }"
    account = ask(demo, demo.token(), "{ viewer { accounts { id } } }", {})["viewer"]["accounts"][0]["id"]

    said = [
        ask(demo, demo.token(), query, {"a": account, "t": token})["made"]
        for token in ("tok_mastercard", "tok_expired", "tok_wire", "5555 5555 5555 4444", "tok_stolen")
    ]

    assert (
        said
        == [
            {"paymentMethod": {**method, "canRenew": can_renew}, "userErrors": []}
            for method, can_renew in (
                ({"kind": "CREDIT_CARD", "brand": "Mastercard", "last4": "4444"}, True),
                ({"kind": "CREDIT_CARD", "brand": "Visa", "last4": "0069"}, False),
                ({"kind": "WIRE_TRANSFER", "brand": None, "last4": None}, False),
            )
        ]
        + [{"paymentMethod": None, "userErrors": [{"code": "TOKEN_INVALID"}]}] * 2
    )
