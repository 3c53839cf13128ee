"""Keys from a PEM and from a key set on a real server: rotation, outages, garbage."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from gateway.auth.jwks import JWKSClient
from gateway.auth.tokens import TokenVerifier, Unauthenticated
from gateway.auth.verification_keys import KeysUnavailable, StaticKey
from tests.auth.signing import AUDIENCE, ISSUER, SetClock, jwk, private_key, private_pem, public_pem, sign, until


@dataclass
class KeyServer:
    """Publishes `keys` on loopback, or what the other fields say, and counts how often it was asked."""

    keys: list[Any] = field(default_factory=lambda: [jwk("ES256", kid="one")])
    status: str = "200 OK"
    header: str = "Content-Type: application/json"
    body: bytes | None = None
    held: bool = False
    drip: float = 0
    fetches: int = 0
    url: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.fetches += 1
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            await until(lambda: not self.held)
            writer.write(f"HTTP/1.1 {self.status}\r\n{self.header}\r\nConnection: close\r\n\r\n".encode())
            await self.send(writer, json.dumps({"keys": self.keys}).encode() if self.body is None else self.body)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def send(self, writer: asyncio.StreamWriter, body: bytes) -> None:
        piece = 8 if self.drip else len(body) + 1
        for start in range(0, len(body), piece):
            writer.write(body[start : start + piece])
            await writer.drain()
            await asyncio.sleep(self.drip)


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    published = KeyServer()
    answers: list[asyncio.Task[None]] = []
    listening = await asyncio.start_server(
        lambda *streams: answers.append(asyncio.create_task(published.answer(*streams))), "127.0.0.1", 0
    )
    published.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/jwks.json"
    async with listening:
        yield published
        # Before the block ends: since Python 3.12 a server waits there for all that it has accepted.
        published.held = False
        await asyncio.gather(*answers)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as opened:
        yield opened


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def keys(server: KeyServer, client: httpx.AsyncClient, clock: SetClock) -> JWKSClient:
    return JWKSClient(server.url, client, clock, max_bytes=10_000)


async def kids(source: JWKSClient, *asked: str | None) -> list[tuple[str, ...] | None]:
    """The algorithms of each key asked for, one after the other; None for an unknown one."""
    found = [await source.key(kid) for kid in asked]
    return [None if key is None else key.algorithms for key in found]


async def test_a_key_set_is_fetched_once_and_kept_for_its_time(
    keys: JWKSClient, server: KeyServer, clock: SetClock
) -> None:
    first = await kids(keys, "one", "one", "one")
    clock.move(599)
    kept = await kids(keys, "one")
    fetches_before = server.fetches
    clock.move(1)
    again = await kids(keys, "one", "one")

    assert (first, kept, again) == ([("ES256",)] * 3, [("ES256",)], [("ES256",)] * 2)
    assert (fetches_before, server.fetches) == (1, 2)


async def test_a_key_is_the_one_that_was_published(keys: JWKSClient) -> None:
    found = await keys.key("one")

    assert found is not None
    assert found.public == private_key("ES256").public_key()


async def test_a_rotated_key_is_found_at_its_first_use_and_the_old_one_is_gone(
    keys: JWKSClient, server: KeyServer, clock: SetClock
) -> None:
    before = await kids(keys, "one")
    server.keys = [jwk("EdDSA", kid="two")]
    clock.move(5)

    after = await kids(keys, "two", "one")

    assert (before, after, server.fetches) == ([("ES256",)], [("EdDSA",), None], 2)


async def test_random_kids_do_not_become_fetches(keys: JWKSClient, server: KeyServer, clock: SetClock) -> None:
    await kids(keys, "one")

    answers = []
    for second in range(20):
        clock.move(1)
        answers += await kids(keys, *(f"{second}-{number}" for number in range(10)))

    assert answers == [None] * 200
    assert server.fetches == 5


async def test_fifty_first_callers_cause_one_fetch(keys: JWKSClient, server: KeyServer) -> None:
    server.held = True

    asked = [asyncio.create_task(kids(keys, "one")) for _ in range(50)]
    await until(lambda: server.fetches > 0)
    server.held = False
    found = await asyncio.gather(*asked)

    assert (found, server.fetches) == ([[("ES256",)]] * 50, 1)


async def test_a_caller_who_leaves_does_not_end_the_fetch_of_the_others(keys: JWKSClient, server: KeyServer) -> None:
    server.held = True
    leaving, staying = asyncio.create_task(kids(keys, "one")), asyncio.create_task(kids(keys, "one"))
    await until(lambda: server.fetches > 0)

    leaving.cancel()
    server.held = False
    outcomes = await asyncio.gather(leaving, staying, return_exceptions=True)

    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert (outcomes[1], server.fetches) == ([("ES256",)], 1)


OUTAGES: list[tuple[dict[str, Any], str]] = [
    ({"status": "500 Internal Server Error"}, "ValueError status 500"),
    ({"status": "302 Found", "header": "Location: /elsewhere"}, "ValueError status 302"),
    ({"status": "nonsense"}, "RemoteProtocolError"),
    ({"keys": []}, "ValueError no usable key in the answer"),
    ({"body": b"[1, 2]"}, "ValueError no usable key in the answer"),
    ({"body": b'{"keys": {"kid": "one"}}'}, "ValueError no usable key in the answer"),
    ({"body": b""}, "JSONDecodeError"),
    ({"body": b"<html>"}, "JSONDecodeError"),
    ({"body": b"\xff"}, "JSONDecodeError"),
    ({"body": b"[" * 9_000}, "JSONDecodeError"),
    ({"body": b" " * 10_001}, "ValueError more than 10000 bytes"),
    ({"body": gzip.compress(b'{"keys": []}'), "header": "Content-Encoding: gzip"}, "JSONDecodeError"),
    ({"held": True}, "TimeoutError"),
    ({"drip": 0.05}, "TimeoutError"),
]


def begin(outage: dict[str, Any], server: KeyServer, keys: JWKSClient) -> None:
    for name, value in outage.items():
        setattr(server, name, value)
    keys.timeout = 0.3 if server.held or server.drip else 5


@pytest.mark.parametrize(("outage", "failure"), OUTAGES)
async def test_an_outage_serves_the_last_keys_for_a_day(
    keys: JWKSClient, server: KeyServer, clock: SetClock, outage: dict[str, Any], failure: str
) -> None:
    await kids(keys, "one")
    begin(outage, server, keys)

    clock.move(601)
    soon = await kids(keys, "one", "two")
    clock.move(86_400 - 602)
    late = await kids(keys, "one")
    fetches = server.fetches
    clock.move(1)
    with pytest.raises(KeysUnavailable, match=f"^The key set can not be fetched: {failure}"):
        await keys.key("one")

    assert (soon, late, fetches, server.fetches) == ([("ES256",), None], [("ES256",)], 3, 3)


@pytest.mark.parametrize(("outage", "failure"), OUTAGES)
async def test_without_any_key_an_outage_is_told_and_the_server_is_asked_again_after_a_pause(
    keys: JWKSClient, server: KeyServer, clock: SetClock, outage: dict[str, Any], failure: str
) -> None:
    usual = {name: getattr(server, name) for name in outage}
    begin(outage, server, keys)

    for _ in range(3):
        with pytest.raises(KeysUnavailable, match=failure):
            await keys.key("one")
    fetches = server.fetches
    begin(usual, server, keys)
    clock.move(5)
    found = await kids(keys, "one")

    assert (fetches, found, server.fetches, keys.failure) == (1, [("ES256",)], 2, None)


async def test_a_server_that_is_not_there_is_an_outage(client: httpx.AsyncClient, unused_tcp_port: int) -> None:
    keys = JWKSClient(f"http://127.0.0.1:{unused_tcp_port}/jwks.json", client)

    with pytest.raises(KeysUnavailable, match="ConnectError"):
        await keys.key("one")


async def test_a_clock_that_is_set_back_does_not_stop_rotation(
    keys: JWKSClient, server: KeyServer, clock: SetClock
) -> None:
    await kids(keys, "one")
    server.keys = [jwk("EdDSA", kid="two")]
    clock.move(-3600)

    found = await kids(keys, "one", "two")

    assert (found, server.fetches) == ([None, ("EdDSA",)], 2)


UNUSABLE: list[Any] = [
    None,
    17,
    "d",
    [],
    {},
    {"kty": "EC"},
    {"kty": ["EC"], "kid": "bad"},
    {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "bad"},
    {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "alg": "RS256", "kid": "bad"},
    jwk("RS256", kid="bad", alg="HS256"),
    jwk("RS256", kid="bad", alg="none"),
    jwk("RS256", kid="bad", alg="RSA-OAEP"),
    jwk("RS256", kid="bad", alg=["RS256"]),
    jwk("RS256", kid="bad", use="enc"),
    jwk("RS256", kid="bad", key_ops=["encrypt"]),
    jwk("RS256", kid="bad", key_ops=7),
    jwk("RS256", kid="bad", n="AQAB"),
    jwk("RS256", kid="bad", e="!"),
    jwk("RS256", kid="bad", e=3),
    jwk("weak", kid="bad"),
    jwk("ES256", kid="bad", alg="ES384"),
    jwk("ES256", kid="bad", crv="P-384"),
    jwk("ES256", kid="bad", x=jwk("ES256", "other")["x"]),
    jwk("ES256", private=True, kid="bad"),
    jwk("RS256", private=True, kid="bad", key_ops=["verify"]),
    jwk("EdDSA", private=True, kid="bad"),
    jwk("ES256", kid=["bad"]),
    jwk("ES256K", kid="bad"),
    jwk("EdDSA", kid="bad", x="AAAA"),
    jwk("EdDSA", kid="bad", crv="X25519"),
]


@pytest.mark.parametrize("entry", UNUSABLE)
async def test_an_unusable_entry_is_passed_over_and_the_good_one_beside_it_serves(
    keys: JWKSClient, server: KeyServer, entry: Any
) -> None:
    server.keys = [entry, jwk("ES256", kid="good"), entry]

    found = await kids(keys, "bad", "good", None)

    assert found == [None, ("ES256",), ("ES256",)]


async def test_a_deeply_nested_entry_is_passed_over_too(keys: JWKSClient, server: KeyServer) -> None:
    # As text: what is nested so deeply can be read, but not everywhere be written.
    deep, good = "[" * 1_000 + "]" * 1_000, json.dumps(jwk("ES256", kid="good"))
    server.body = f'{{"keys": [{{"kty": {deep}, "kid": "bad"}}, {good}]}}'.encode()

    assert await kids(keys, "bad", "good") == [None, ("ES256",)]


RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")


@pytest.mark.parametrize(
    ("entry", "algorithms"),
    [
        (jwk("RS256"), RSA),
        (jwk("RS256", alg="PS256"), ("PS256",)),
        (jwk("RS256", use="sig", key_ops=["verify"], x5c=["AAAA"], x5u="http://127.0.0.1:1/"), RSA),
        (jwk("ES256"), ("ES256",)),
        (jwk("ES384"), ("ES384",)),
        (jwk("ES512"), ("ES512",)),
        (jwk("EdDSA"), ("EdDSA",)),
    ],
)
async def test_a_key_verifies_only_what_fits_its_type_and_what_it_was_published_for(
    keys: JWKSClient, server: KeyServer, entry: dict[str, Any], algorithms: tuple[str, ...]
) -> None:
    server.keys = [entry | {"kid": "one"}]

    assert await kids(keys, "one") == [algorithms]


async def test_a_token_without_kid_gets_a_key_only_when_there_is_no_choice(
    keys: JWKSClient, server: KeyServer, clock: SetClock
) -> None:
    alone = await kids(keys, None)
    server.keys = [jwk("ES256", kid="one"), jwk("EdDSA", kid="two")]
    clock.move(600)
    two = await kids(keys, None, "one", "two")

    assert (alone, two) == ([("ES256",)], [None, ("ES256",), ("EdDSA",)])


async def test_tokens_follow_the_issuers_rotation_and_no_address_of_their_own(
    keys: JWKSClient, server: KeyServer, clock: SetClock
) -> None:
    verifier = TokenVerifier(ISSUER, AUDIENCE, keys, clock=clock)
    old, new = sign("ES256", header={"kid": "one"}), sign("EdDSA", header={"kid": "two", "jku": server.url})

    first = await verifier.verify(old)
    server.keys = [jwk("EdDSA", kid="two")]
    with pytest.raises(Unauthenticated, match=r"^The token is signed with an unknown key\.$"):
        await verifier.verify(new)
    fetches = server.fetches
    clock.move(5)
    second = await verifier.verify(new)
    with pytest.raises(Unauthenticated, match=r"^The token is signed with an unknown key\.$"):
        await verifier.verify(old)

    assert (first, second, fetches, server.fetches) == (first, first, 1, 2)


SAFE_URLS = ["https://id.example/jwks", "http://localhost/jwks", "http://127.0.0.9:80/jwks", "http://[::1]:8080/jwks"]
UNSAFE_URLS = [
    "http://id.example/jwks",
    "http://localhost.id.example/jwks",
    "http://localhost@id.example/jwks",
    "http://10.0.0.1/jwks",
    "http://127.1/jwks",
    "ftp://localhost/jwks",
    "ftp://127.0.0.1/jwks",
    "file:///etc/hosts",
    "https:///jwks",
    "id.example/jwks",
    "http://[::1/jwks",
    "http://localhost:port/jwks",
    "",
]


@pytest.mark.parametrize("url", SAFE_URLS)
async def test_a_url_that_nobody_can_tamper_with_is_taken(client: httpx.AsyncClient, url: str) -> None:
    assert JWKSClient(url, client).url == url


@pytest.mark.parametrize("url", UNSAFE_URLS)
async def test_a_url_that_others_can_tamper_with_is_refused(client: httpx.AsyncClient, url: str) -> None:
    with pytest.raises(ValueError, match=r"^The key set's URL must be https, or http on a loopback address\.$"):
        JWKSClient(url, client)


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "EdDSA", "RS256"])
async def test_a_static_key_answers_to_every_kid(algorithm: str) -> None:
    key = StaticKey(public_pem(algorithm))

    found = [await key.key(kid) for kid in ("any", None)]

    assert [each and each.public for each in found] == [private_key(algorithm).public_key()] * 2


@pytest.mark.parametrize("pem", ["", "x", "\ud800", private_pem("ES256"), public_pem("weak"), public_pem("ES256K")])
def test_a_static_key_that_can_not_verify_is_refused_without_showing_it(pem: str) -> None:
    with pytest.raises(ValueError, match=r"^The key must be a public RSA .* key in PEM form\.$") as refused:
        StaticKey(pem)

    assert (refused.value.__cause__, refused.value.__context__) == (None, None)
