"""Tokens that are good, tokens that are not, and the issuing of our own."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.auth.tokens import Claims, TokenVerifier, Unauthenticated
from gateway.auth.verification_keys import ALGORITHMS, StaticKey, VerificationKey, verification_key
from gateway.demo.signing import issue_token
from tests.auth.signing import (
    AUDIENCE,
    CLAIMS,
    END,
    ISSUER,
    NOW,
    SetClock,
    forged,
    hmac_forged,
    jwk,
    mixed,
    private_key,
    private_pem,
    public_pem,
    sign,
)

ALGORITHM = "The token is malformed, or signed with an algorithm that is not accepted."
MALFORMED = "The token is malformed, or longer than 8192 characters."
UNKNOWN_KEY = "The token is signed with an unknown key."
SIGNATURE = "The token's signature is not valid."
EXPIRED = "The token has expired."
TOO_EARLY = "The token is not valid yet."
ANOTHER_ISSUER = "The token is not from the issuer that is trusted here."
ANOTHER_AUDIENCE = "The token is meant for another audience."


@dataclass
class NamedKeys:
    """Keys by kid, as a key set has them."""

    known: dict[str | None, VerificationKey | None]

    async def key(self, kid: str | None, /) -> VerificationKey | None:
        return self.known.get(kid)

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def verifier() -> TokenVerifier:
    return TokenVerifier(ISSUER, AUDIENCE, StaticKey(public_pem("ES256")), clock=SetClock())


async def refusal(verifier: TokenVerifier, token: str) -> str:
    """What the caller is told; fails when nothing is refused."""
    with pytest.raises(Unauthenticated) as refused:
        await verifier.verify(token)
    return str(refused.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_every_asymmetric_algorithm_verifies_with_its_own_key(algorithm: str) -> None:
    verifier = TokenVerifier(ISSUER, AUDIENCE, StaticKey(public_pem(algorithm)), [algorithm], clock=SetClock())

    claims = await verifier.verify(sign(algorithm))

    assert claims == Claims(ISSUER, "ada", None, False, None, frozenset(), END)


@pytest.mark.parametrize("algorithms", [[], ["none"], ["HS256"], ["ES256", "HS512"], ["ES256K"], "ES256"])
def test_a_verifier_of_symmetric_or_unsigned_tokens_can_not_be_made(algorithms: list[str]) -> None:
    with pytest.raises(ValueError, match=r"^Algorithms must be some of ES256, "):
        TokenVerifier(ISSUER, AUDIENCE, StaticKey(public_pem("ES256")), algorithms)


@pytest.mark.parametrize(("issuer", "audience"), [("", AUDIENCE), (ISSUER, "")])
def test_a_verifier_of_anybodys_tokens_can_not_be_made(issuer: str, audience: str) -> None:
    with pytest.raises(ValueError, match=r"^Issuer and audience must not be empty\.$"):
        TokenVerifier(issuer, audience, StaticKey(public_pem("ES256")))


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (forged({"alg": "none"}), ALGORITHM),
        (forged({"alg": "None"}), ALGORITHM),
        (forged({}), ALGORITHM),
        (forged({"alg": None}), ALGORITHM),
        (forged({"alg": ["ES256"]}), ALGORITHM),
        (forged({"alg": {"ES256": 1}}), ALGORITHM),
        (forged({"alg": "ES256", "kid": 7}), ALGORITHM),
        (forged({"alg": "ES256", "crit": ["exp"], "exp": 1}), ALGORITHM),
        (forged({"alg": "ES256", "crit": ["b64"], "b64": False}), ALGORITHM),
        (hmac_forged(public_pem("ES256")), ALGORITHM),
        (hmac_forged(public_pem("ES256").strip()), ALGORITHM),
        (hmac_forged(json.dumps(jwk("ES256"))), ALGORITHM),
        (forged({"alg": "ES256"}), SIGNATURE),
        (forged({"alg": "ES256"}, bytes(64)), SIGNATURE),
        (forged({"alg": "RS256"}), SIGNATURE),
        (sign("RS256"), SIGNATURE),
        (sign("EdDSA"), SIGNATURE),
        (sign("ES384"), SIGNATURE),
        (sign(owner="attacker"), SIGNATURE),
        (sign(owner="attacker", header={"jwk": jwk("ES256", "attacker")}), SIGNATURE),
        (sign(owner="attacker", header={"jku": "http://127.0.0.1:1/", "x5u": "http://127.0.0.1:1/"}), SIGNATURE),
        (sign(owner="attacker", header={"x5c": ["AAAA"]}), SIGNATURE),
        (sign()[:-6] + "AAAAAA", SIGNATURE),
        (sign(more="a" * 6000), MALFORMED),
        (mixed(sign(), sign(sub="eve"), sign()), SIGNATURE),
        (mixed(sign(), sign(), sign(sub="eve")), SIGNATURE),
        (mixed(sign(header={"kid": "x"}), sign(), sign()), SIGNATURE),
    ],
)
async def test_a_token_that_the_issuer_did_not_sign_is_refused(verifier: TokenVerifier, token: str, told: str) -> None:
    assert await refusal(verifier, token) == told


@pytest.mark.parametrize("payload", [b"[]", b'"x"', b"7", b"{", b"\xff", b"[" * 3000, b'{"exp": ' + b"9" * 5000 + b"}"])
async def test_signed_content_that_is_no_object_is_refused(verifier: TokenVerifier, payload: bytes) -> None:
    token = jwt.PyJWS().encode(payload, private_key("ES256"), "ES256")

    assert await refusal(verifier, token) == SIGNATURE


@pytest.mark.parametrize(
    ("algorithm", "header", "told"),
    [
        ("ES256", {"kid": "rsa"}, SIGNATURE),
        ("RS256", {"kid": "ec"}, SIGNATURE),
        ("PS256", {"kid": "rsa"}, SIGNATURE),
        ("ES256", {"kid": "other"}, SIGNATURE),
        ("ES256", {"kid": "gone"}, UNKNOWN_KEY),
        ("ES256", {"kid": "../ec"}, UNKNOWN_KEY),
        ("ES256", {"kid": "gone", "jku": "http://127.0.0.1:1/", "jwk": jwk("ES256")}, UNKNOWN_KEY),
        ("ES256", {}, UNKNOWN_KEY),
    ],
)
async def test_a_token_names_its_key_and_no_other_will_do(algorithm: str, header: dict[str, Any], told: str) -> None:
    keys = NamedKeys(
        {
            "ec": verification_key(private_key("ES256").public_key()),
            "other": verification_key(private_key("ES256", "other").public_key()),
            "rsa": verification_key(private_key("RS256").public_key(), "RS256"),
        }
    )
    verifier = TokenVerifier(ISSUER, AUDIENCE, keys, clock=SetClock())

    good = [await verifier.verify(sign("ES256", header={"kid": "ec"})), await verifier.verify(rsa_token())]

    assert [claims.subject for claims in good] == ["ada", "ada"]
    assert await refusal(verifier, sign(algorithm, header=header)) == told


def rsa_token() -> str:
    return sign("RS256", header={"kid": "rsa"})


def bad(claim: str) -> str:
    return f"The token's {claim} claim is missing or not valid."


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"iss": None}, ANOTHER_ISSUER),
        ({"iss": "https://id.example/"}, ANOTHER_ISSUER),
        ({"iss": [ISSUER]}, ANOTHER_ISSUER),
        ({"aud": None}, ANOTHER_AUDIENCE),
        ({"aud": "other"}, ANOTHER_AUDIENCE),
        ({"aud": f"{AUDIENCE} other"}, ANOTHER_AUDIENCE),
        ({"aud": ["other", "more"]}, ANOTHER_AUDIENCE),
        ({"aud": [AUDIENCE, 7]}, bad("aud")),
        ({"aud": {AUDIENCE: 1}}, bad("aud")),
        ({"exp": None}, bad("exp")),
        ({"exp": str(END)}, bad("exp")),
        ({"exp": True}, bad("exp")),
        ({"exp": [END]}, bad("exp")),
        ({"exp": float("nan")}, bad("exp")),
        ({"exp": float("inf")}, bad("exp")),
        ({"exp": 10**400}, bad("exp")),
        ({"exp": -1}, bad("exp")),
        ({"exp": END - 300}, EXPIRED),
        ({"exp": END - 299.5}, EXPIRED),
        ({"exp": 0}, EXPIRED),
        ({"nbf": END - 300 + 31}, TOO_EARLY),
        ({"nbf": "now"}, bad("nbf")),
        ({"nbf": False}, bad("nbf")),
        ({"iat": END - 300 + 30.5}, TOO_EARLY),
        ({"iat": {}}, bad("iat")),
        ({"sub": None}, bad("sub")),
        ({"sub": ""}, bad("sub")),
        ({"sub": 7}, bad("sub")),
        ({"sub": "a" * 256}, bad("sub")),
        ({"sub": "a\0b"}, bad("sub")),
        ({"sub": "a\ud800"}, bad("sub")),
        ({"email": "a" * 321}, bad("email")),
        ({"email": ["a@b.c"]}, bad("email")),
        ({"email": False}, bad("email")),
        ({"email": "a\0@b.c"}, bad("email")),
        ({"email_verified": "true"}, bad("email_verified")),
        ({"email_verified": 1}, bad("email_verified")),
        ({"name": 7}, bad("name")),
        ({"name": "\0"}, bad("name")),
        ({"name": "a" * 256}, bad("name")),
        ({"preferred_username": {}}, bad("preferred_username")),
        ({"scope": 7}, bad("scope")),
        ({"scope": ["a", None]}, bad("scope")),
        ({"scope": "a\0b"}, bad("scope")),
        ({"scope": ["a b"]}, bad("scope")),
        ({"scp": {"a": 1}}, bad("scp")),
    ],
)
async def test_a_claim_that_is_missing_or_wrong_is_refused(
    verifier: TokenVerifier, changes: dict[str, Any], told: str
) -> None:
    assert await refusal(verifier, sign(**changes)) == told


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"aud": ["other", AUDIENCE]}, {}),
        ({"nbf": END - 270, "iat": END - 270.0}, {}),
        ({"exp": END + 0.9}, {}),
        ({"exp": 253_402_300_799}, {"expires_at": 253_402_300_799}),
        ({"sub": "ä" * 255}, {"subject": "ä" * 255}),
        ({"email": "a" * 320, "name": "n" * 255}, {"email": "a" * 320, "name": "n" * 255}),
        ({"email": "", "name": ""}, {}),
        ({"name": "Ada", "preferred_username": "ada1"}, {"name": "Ada"}),
        ({"preferred_username": "ada1"}, {"name": "ada1"}),
        ({"scope": " a  b a "}, {"scopes": frozenset("ab")}),
        ({"scope": ["a", "b"], "scp": ["c"]}, {"scopes": frozenset("ab")}),
        ({"scp": ["a", "b:c"]}, {"scopes": frozenset({"a", "b:c"})}),
        ({"scp": "a b"}, {"scopes": frozenset("ab")}),
        ({"jti": 7, "azp": []}, {}),
    ],
)
async def test_what_a_token_may_say_is_read(
    verifier: TokenVerifier, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    usual = {"subject": "ada", "email": None, "email_verified": False, "name": None, "expires_at": END}

    claims = await verifier.verify(sign(**changes))

    assert claims == Claims(**({"issuer": ISSUER, "scopes": frozenset[str]()} | usual | expected))


async def test_a_claim_that_is_null_is_absent(verifier: TokenVerifier) -> None:
    nulls = dict.fromkeys(["nbf", "iat", "email", "email_verified", "name", "preferred_username", "scope", "scp"])
    token = jwt.PyJWS().encode(json.dumps(CLAIMS | nulls).encode(), private_key("ES256"), "ES256")

    assert await verifier.verify(token) == Claims(ISSUER, "ada", None, False, None, frozenset(), END)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
async def test_a_minted_token_verifies(algorithm: str) -> None:
    token = issue_token(
        private_pem(algorithm), issuer=ISSUER, audience=AUDIENCE, subject="ada", now=NOW, lifetime=timedelta(hours=1),
        email="ada@example.com", name="Ada", scopes=["b", "a"], kid="demo", algorithm=algorithm,
    )  # fmt: skip

    claims = await TokenVerifier(ISSUER, AUDIENCE, StaticKey(public_pem(algorithm)), clock=SetClock()).verify(token)

    scopes = frozenset({"a", "b"})
    assert claims == Claims(ISSUER, "ada", "ada@example.com", True, "Ada", scopes, int(NOW.timestamp()) + 3600)
    assert jwt.get_unverified_header(token) == {"alg": algorithm, "kid": "demo", "typ": "JWT"}


def test_a_minted_token_says_only_what_it_was_given() -> None:
    token = issue_token(
        private_pem("ES256"), issuer=ISSUER, audience=AUDIENCE, subject="ada", now=NOW, lifetime=timedelta(minutes=5)
    )

    said = jwt.decode(token, options={"verify_signature": False})

    assert said == {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": END - 300, "exp": END}
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "JWT"}


TEXT = st.text(st.sampled_from([*"a b:", "\0", "\ud800", "ä", "\U0001f511"]), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
CLAIM_NAMES = ["iss", "aud", "sub", "exp", "nbf", "iat", "email", "email_verified", "name", "scope", "scp"]


@given(changes=st.dictionaries(st.sampled_from(CLAIM_NAMES), JSON, max_size=3))
def test_whatever_an_issuer_signs_is_read_or_refused(changes: dict[str, Any]) -> None:
    verifier = TokenVerifier(ISSUER, AUDIENCE, StaticKey(public_pem("ES256")), clock=SetClock())

    outcome = asyncio.run(outcome_of(verifier, sign(**changes)))

    assert isinstance(outcome, Claims | Unauthenticated)
    if isinstance(outcome, Claims):
        f"{outcome.subject}{outcome.email}{outcome.name}".encode()


@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), JSON))
def test_whatever_a_header_says_without_the_key_is_refused(header: dict[str, Any]) -> None:
    verifier = TokenVerifier(ISSUER, AUDIENCE, StaticKey(public_pem("ES256")), clock=SetClock())

    outcome = asyncio.run(outcome_of(verifier, forged(header)))

    assert isinstance(outcome, Unauthenticated)


async def outcome_of(verifier: TokenVerifier, token: str) -> Claims | BaseException:
    return (await asyncio.gather(verifier.verify(token), return_exceptions=True))[0]
