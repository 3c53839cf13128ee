"""Signing in as one of the demo's people, who may ask for it, and the secrets behind it."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import jwt
import pytest
from starlette.applications import Starlette

from db.seed.demo.people import PEOPLE
from gateway.demo import secrets
from gateway.demo.sign_in import Signer, routes
from gateway.startup_errors import StartupError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRETS = secrets.generate_secrets()
SIGNED_IN = {"host": "localhost:8000", "content-type": "application/json"}


async def sign_in(
    headers: dict[str, str] | list[tuple[str, str]],
    content: bytes | str = '{"person": "nadia"}',
    method: str = "POST",
    path: str = "/demo/sign-in",
) -> httpx.Response:
    signer = Signer(SECRETS.token_private_key, lambda: NOW)
    app = Starlette(routes=routes(PEOPLE, signer, ["demo.example"]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as client:
        # A client of its own for each request: it adds no header that is not given.
        request = httpx.Request(method, f"http://localhost:8000{path}", headers=headers, content=content)
        return await client.send(request)


def claims(token: str) -> dict[str, Any]:
    options: Any = {"verify_exp": False, "verify_iat": False}
    read: dict[str, Any] = jwt.decode(
        token, SECRETS.token_public_key(), algorithms=["ES256"], audience="licet", options=options
    )
    return read


async def test_a_person_gets_a_token_of_their_own() -> None:
    answer = await sign_in(SIGNED_IN)

    said = answer.json()
    assert (answer.status_code, said["expiresAt"]) == (200, "2026-12-23T12:00:00Z")
    assert answer.headers["cache-control"] == "no-store"
    assert claims(said["token"]) == {
        "iss": "urn:licet:demo",
        "aud": "licet",
        "sub": "nadia",
        "email": "nadia@example.com",
        "email_verified": True,
        "name": "Nadia Exemple",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 30 * 86_400,
    }


async def test_people_are_listed() -> None:
    answer = await sign_in({"host": "localhost"}, "", "GET", "/demo/people")

    assert answer.status_code == 200
    assert [person["person"] for person in answer.json()["people"]] == [person.subject for person in PEOPLE]
    assert answer.json()["people"][0] == {
        "person": "nadia",
        "name": "Nadia Exemple",
        "email": "nadia@example.com",
        "description": PEOPLE[0].description,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "127.0.0.1:1"},
        {"host": "[::1]:8000"},
        {"host": "LOCALHOST"},
        {"host": "demo.example"},
        {"origin": "http://localhost:8000"},
        {"origin": "https://localhost:8000"},
        {"sec-fetch-site": "same-origin", "origin": "http://localhost:8000"},
        {"sec-fetch-site": "none"},
        {"content-type": "Application/JSON; charset=utf-8"},
    ],
)
async def test_our_own_page_and_tools_may_sign_in(changed: dict[str, str]) -> None:
    answer = await sign_in(SIGNED_IN | changed)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8000", "origin": "http://evil.example:8000", "sec-fetch-site": "same-origin"},
        {"host": "localhost.evil.example"},
        {"host": "localhost:8000@evil.example"},
        {"host": "127.0.0.1.evil.example"},
        {"host": "127.0.0.2"},
        {"host": "0.0.0.0:8000"},
        {"host": "192.168.1.7:8000"},
        {"host": "localhost:port"},
        {"host": ""},
        {"origin": "http://evil.example"},
        {"origin": "http://localhost:9999"},
        {"origin": "http://localhost"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json-patch+json"},
        {"content-type": "text/plain; a=application/json"},
        {"content-type": ""},
    ],
)
async def test_whoever_may_come_from_elsewhere_is_refused(changed: dict[str, str]) -> None:
    answer = await sign_in(SIGNED_IN | changed)

    assert (answer.status_code, list(answer.json())) == (403, ["error"])
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", ["host", "origin", "sec-fetch-site", "content-type"])
async def test_a_header_sent_twice_is_refused(name: str) -> None:
    allowed = {**SIGNED_IN, "origin": "http://localhost:8000", "sec-fetch-site": "same-origin"}

    answer = await sign_in([*allowed.items(), (name, allowed[name])])

    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["host", "content-type"])
async def test_a_header_that_is_missing_is_refused(name: str) -> None:
    signer = Signer(SECRETS.token_private_key, lambda: NOW)
    app = Starlette(routes=routes(PEOPLE, signer))
    headers = [(key.encode(), value.encode()) for key, value in SIGNED_IN.items() if key != name]
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b'{"person": "nadia"}', "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/demo/sign-in", "query_string": b"", "headers": headers}
    await app(scope, receive, send)

    assert sent[0]["status"] == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_only_a_post_signs_in(method: str) -> None:
    answer = await sign_in(SIGNED_IN, method=method)

    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "localhost", "sec-fetch-site": "cross-site"}])
async def test_people_are_not_listed_to_other_sites(headers: dict[str, str]) -> None:
    answer = await sign_in(headers, "", "GET", "/demo/people")

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 400),
        ("{", 400),
        ("null", 400),
        ("[]", 400),
        ('"nadia"', 400),
        ("{}", 400),
        ('{"person": null}', 400),
        ('{"person": ["nadia"]}', 400),
        ("[" * 1000, 400),
        (b"\xff\xfe", 400),
        ('{"person": "nobody"}', 404),
        ('{"person": "nadia"' + " " * 1024 + "}", 413),
    ],
)
async def test_a_body_that_names_nobody_is_told_so(content: bytes | str, status: int) -> None:
    answer = await sign_in(SIGNED_IN, content)

    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    made = secrets.load_or_create(tmp_path / "new" / "directory")

    kept = secrets.load_or_create(tmp_path / "new" / "directory")

    assert kept == made
    assert [path.name for path in (tmp_path / "new" / "directory").iterdir()] == ["secrets.json"]
    assert stat.S_IMODE((tmp_path / "new" / "directory" / "secrets.json").stat().st_mode) == 0o600


def test_secrets_differ_and_are_not_printed(tmp_path: Path) -> None:
    first, second = secrets.load_or_create(tmp_path / "a"), secrets.load_or_create(tmp_path / "b")

    assert (first.lookup != second.lookup, first.encryption != second.encryption) == (True, True)
    assert first.token_private_key != second.token_private_key
    assert repr(first) == "DemoSecrets()"


def test_two_first_starts_agree_on_the_secrets(tmp_path: Path) -> None:
    kept: list[secrets.DemoSecrets] = []
    starts = [Thread(target=lambda: kept.append(secrets.load_or_create(tmp_path))) for _ in range(8)]

    for start in starts:
        start.start()
    for start in starts:
        start.join()

    assert kept == [secrets.load_or_create(tmp_path)] * 8


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", json.dumps({"lookup": "x"})])
def test_damaged_secrets_are_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)

    with pytest.raises(StartupError, match=r"secrets\.json is damaged: move it away and start the demo with --reset"):
        secrets.load_or_create(tmp_path)
