"""Signing in: headers, viewers, what is cached, and what is never shown."""

import asyncio
import logging
import traceback
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from gateway.auth.authenticator import Authenticator, Session
from gateway.auth.tokens import Claims, TokenVerifier, Unauthenticated
from gateway.auth.verification_keys import KeysUnavailable, StaticKey, VerificationKey
from schema.context import Viewer
from tests.auth.signing import AUDIENCE, END, ISSUER, SetClock, forged, public_pem, sign, until

ADA = UUID("018f3c5e-0000-7000-8000-000000000001")
MISSING = "The Authorization header is missing."
SCHEME = "The Authorization header must use the Bearer scheme."
MALFORMED = "The token is malformed, or longer than 8192 characters."
ALGORITHM = "The token is malformed, or signed with an algorithm that is not accepted."


@dataclass
class Register:
    """The first-sight write: keeps what it was told, and can be held up or fail."""

    told: list[Claims] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    held: bool = False

    async def __call__(self, claims: Claims) -> UUID:
        self.told.append(claims)
        await until(lambda: not self.held)
        if self.failures:
            raise self.failures.pop()
        return ADA


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def verifier(clock: SetClock) -> TokenVerifier:
    return TokenVerifier(ISSUER, AUDIENCE, StaticKey(public_pem("ES256")), clock=clock)


@pytest.fixture
def authenticator(verifier: TokenVerifier, register: Register, clock: SetClock) -> Authenticator:
    return Authenticator(verifier, register, clock, max_sessions=3)


async def refusal(authenticator: Authenticator, authorization: str | None) -> str:
    """What the caller is told; fails when nothing is refused."""
    with pytest.raises(Unauthenticated) as refused:
        await authenticator.session(authorization)
    return str(refused.value)


async def test_a_user_is_registered_and_becomes_a_viewer(authenticator: Authenticator, register: Register) -> None:
    token = sign(email="Ada@Example.com", email_verified=True, name="Ada", scope="openid reporting:read")

    session = await authenticator.session(f"Bearer {token}")

    scopes = frozenset({"openid", "reporting:read"})
    assert session == Session(Viewer(ADA, "ada@example.com", scopes, "ada"), END)
    assert register.told == [Claims(ISSUER, "ada", "Ada@Example.com", True, "Ada", scopes, END)]


@pytest.mark.parametrize("authorization", ["Bearer {}", "bearer {}", "BEARER   {} "])
async def test_the_scheme_is_read_as_http_says(authenticator: Authenticator, authorization: str) -> None:
    session = await authenticator.session(authorization.format(sign()))

    assert session.viewer == Viewer(ADA, None, frozenset(), "ada")


@pytest.mark.parametrize(
    ("authorization", "told"),
    [
        (None, MISSING),
        ("", MISSING),
        ("Basic YTpi", SCHEME),
        (sign(), SCHEME),
        (f"Bearer\t{sign()}", SCHEME),
        ("Bearer", MALFORMED),
        ("Bearer ", MALFORMED),
        ("Bearer a.b", MALFORMED),
        ("Bearer a.b.c.d.e", MALFORMED),
        ("Bearer a..c", MALFORMED),
        ("Bearer a.b.c", ALGORITHM),
        (f"Bearer {sign()} {sign()}", MALFORMED),
        (f"Bearer {sign()}, Bearer {sign()}", MALFORMED),
        (f"Bearer {sign()}=", MALFORMED),
        (f"Bearer {sign()}\n", MALFORMED),
        ("Bearer ä.ö.ü", MALFORMED),
        ("Bearer \ud800.b.c", MALFORMED),
        ("Bearer " + "a" * 5000 + "." + "b" * 3190 + ".c", MALFORMED),
        ("Bearer " + "a" * 5000 + "." + "b" * 3189 + ".c", ALGORITHM),
    ],
)
async def test_a_header_without_a_token_is_refused(
    authenticator: Authenticator, authorization: str | None, told: str
) -> None:
    assert await refusal(authenticator, authorization) == told


@pytest.mark.parametrize(
    ("changes", "viewer"),
    [
        ({"email": "A@B.C", "email_verified": True}, Viewer(ADA, "a@b.c", frozenset(), "ada")),
        ({"email": "A@B.C", "email_verified": False}, Viewer(ADA, None, frozenset(), "ada")),
        ({"email": "A@B.C"}, Viewer(ADA, None, frozenset(), "ada")),
        ({"email_verified": True}, Viewer(ADA, None, frozenset(), "ada")),
        ({"scope": "openid"}, Viewer(ADA, None, frozenset({"openid"}), "ada")),
        ({"scope": "store:write", "email": "a@b.c"}, Viewer(ADA, None, frozenset({"store:write"}), "ada")),
        ({"scope": "store:write", "name": "Ada"}, Viewer(ADA, None, frozenset({"store:write"}), "ada")),
        ({"scope": "store:write", "preferred_username": "a"}, Viewer(ADA, None, frozenset({"store:write"}), "ada")),
        ({"scope": "store:write"}, Viewer(None, None, frozenset({"store:write"}), "ada")),
        ({"scp": ["reporting:read", "x"]}, Viewer(None, None, frozenset({"reporting:read", "x"}), "ada")),
    ],
)
async def test_a_viewer_is_a_user_unless_the_token_is_a_services(
    authenticator: Authenticator, register: Register, changes: dict[str, Any], viewer: Viewer
) -> None:
    session = await authenticator.session(f"Bearer {sign(**changes)}")

    assert session.viewer == viewer
    assert len(register.told) == (viewer.user_id is not None)


async def test_a_token_is_remembered_until_it_expires_and_not_longer(
    authenticator: Authenticator, register: Register, clock: SetClock
) -> None:
    authorization = f"Bearer {sign()}"

    first = await authenticator.session(authorization)
    clock.move(299.9)
    last = await authenticator.session(authorization)
    clock.move(0.1)
    told = await refusal(authenticator, authorization)

    assert (first, last, told, len(register.told)) == (first, first, "The token has expired.", 1)


async def test_the_tokens_used_last_are_remembered_and_no_more_than_the_size(
    authenticator: Authenticator, register: Register
) -> None:
    tokens = {name: f"Bearer {sign(sub=name)}" for name in "abcd"}

    for name in "abcadbacd":
        await authenticator.session(tokens[name])

    assert "".join(claims.subject for claims in register.told) == "abcdbcd"


async def test_fifty_first_requests_with_one_token_register_once(
    authenticator: Authenticator, register: Register
) -> None:
    register.held = True
    authorization = f"Bearer {sign()}"

    asked = [asyncio.create_task(authenticator.session(authorization)) for _ in range(50)]
    await until(lambda: bool(register.told))
    register.held = False
    sessions = await asyncio.gather(*asked)

    assert sessions == [Session(Viewer(ADA, None, frozenset(), "ada"), END)] * 50
    assert len(register.told) == 1


async def test_a_failed_register_is_told_to_all_who_wait_and_not_remembered(
    authenticator: Authenticator, register: Register
) -> None:
    register.failures = [OSError("database away")]
    authorization = f"Bearer {sign()}"

    failed = await asyncio.gather(*(authenticator.session(authorization) for _ in range(5)), return_exceptions=True)
    after = await authenticator.session(authorization)

    assert [repr(failure) for failure in failed] == ["OSError('database away')"] * 5
    assert (after.viewer, len(register.told)) == (Viewer(ADA, None, frozenset(), "ada"), 2)


@pytest.mark.parametrize("failures", [[], [OSError("database away")]])
async def test_a_request_that_is_cancelled_takes_nobody_with_it(
    authenticator: Authenticator, register: Register, failures: list[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    register.failures, calls = list(failures), 1 + len(failures)
    register.held = True
    authorization = f"Bearer {sign()}"
    leaving = asyncio.create_task(authenticator.session(authorization))
    await until(lambda: bool(register.told))

    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    register.held = False
    await until(lambda: not register.failures)
    await asyncio.sleep(0.01)  # the call that failed is still there for one turn of the loop
    after = await authenticator.session(authorization)

    assert (leaving.cancelled(), after.viewer) == (True, Viewer(ADA, None, frozenset(), "ada"))
    assert (len(register.told), caplog.messages) == (calls, [])


async def test_refused_tokens_are_not_remembered(authenticator: Authenticator, clock: SetClock) -> None:
    authorization = f"Bearer {sign(nbf=END - 200)}"

    early = await refusal(authenticator, authorization)
    clock.move(70)
    session = await authenticator.session(authorization)

    assert (early, session.viewer) == ("The token is not valid yet.", Viewer(ADA, None, frozenset(), "ada"))


async def test_nothing_shows_a_token(
    authenticator: Authenticator, verifier: TokenVerifier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    good = sign(name="Ada")
    refused = [sign(owner="attacker"), sign("RS256"), sign(exp=1), sign(sub=7), forged({"alg": "none"}), "e30.x.y"]
    await authenticator.session(f"Bearer {good}")

    shown = [repr(authenticator), repr(verifier), repr(vars(authenticator)), *caplog.messages]
    for token in refused:
        with pytest.raises(Unauthenticated) as refusal_of:
            await authenticator.session(f"Bearer {token}")
        assert (refusal_of.value.__cause__, refusal_of.value.__context__) == (None, None)
        shown += traceback.format_exception(refusal_of.value)

    parts = [part for token in [good, *refused] for part in token.split(".") if len(part) > 10]
    assert [part for part in parts if part in "".join(shown)] == []


async def test_keys_that_can_not_be_had_are_not_the_callers_fault(register: Register, clock: SetClock) -> None:
    @dataclass
    class NoKeys:
        async def key(self, _kid: str | None, /) -> VerificationKey | None:
            raise KeysUnavailable("away")

        async def close(self) -> None:
            """Nothing is open."""

    authenticator = Authenticator(TokenVerifier(ISSUER, AUDIENCE, NoKeys(), clock=clock), register, clock)

    with pytest.raises(KeysUnavailable, match=r"^away$"):
        await authenticator.session(f"Bearer {sign()}")
