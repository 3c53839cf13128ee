"""Being somebody in the demo: tokens of its people, and the sign-in that only the demo's application has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from db.clock import Clock
from db.demo_marker import DEMO_ISSUER
from db.seed.demo.people import Person
from gateway.demo.signing import issue_token
from gateway.settings import DEMO_AUDIENCE
from schema.mutations.store import STORE_SCOPE

STORE = "store"
TOKEN_LIFETIME = timedelta(days=30)
MAX_BODY_BYTES = 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
HOST = re.compile(r"(?P<name>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Token:
    text: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes the tokens of the demo's people, with the demo's own key (PEM)."""

    private_key: str = field(repr=False)
    clock: Clock

    def token(self, person: Person) -> Token:
        return self._issue(subject=person.subject, email=person.email, name=person.name)

    def store_token(self) -> Token:
        """Of a service: it is nobody, and may write what the store writes."""
        return self._issue(subject=STORE, scopes=(STORE_SCOPE,))

    def _issue(self, **claims: Any) -> Token:
        now = self.clock()
        text = issue_token(
            self.private_key, issuer=DEMO_ISSUER, audience=DEMO_AUDIENCE, now=now, lifetime=TOKEN_LIFETIME, **claims
        )
        return Token(text, now + TOKEN_LIFETIME)


def rejection_reason(headers: Mapping[str, Sequence[str]], hosts: frozenset[str]) -> str | None:
    """Why a request may come from another site than ours; None when it does not.

    A page elsewhere can send requests here, and by rebinding its name to our address even read the answers: but it
    can not choose the Host, Origin and Sec-Fetch-Site that a browser sends.
    """
    host = HOST.fullmatch(_single_value(headers, "host").lower())
    if host is None or host["name"] not in hosts:
        return "This host is not one of the demo's: add it to LICET_DEMO_HOSTS."
    # Behind a proxy that speaks TLS the scheme is not ours to know; host and port decide.
    own_origins = {f"{scheme}://{host[0]}" for scheme in ("http", "https")}
    if headers["origin"] and _single_value(headers, "origin").lower() not in own_origins:
        return "The request comes from another origin."
    if headers["sec-fetch-site"] and _single_value(headers, "sec-fetch-site") not in ("same-origin", "none"):
        return "The request comes from another site."
    return None


def _single_value(headers: Mapping[str, Sequence[str]], name: str) -> str:
    """The value of a header that is sent once: whoever sends two is up to something."""
    return headers[name][0] if len(headers[name]) == 1 else ""


def _relevant_headers(request: Request) -> Mapping[str, Sequence[str]]:
    return {name: request.headers.getlist(name) for name in ("host", "origin", "sec-fetch-site", "content-type")}


def json_response(status: int, content: Any) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})


async def read_bounded_body(request: Request) -> bytes | None:
    """None when there are more than MAX_BODY_BYTES; the rest is not read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return body


def parse_person(body: bytes) -> str | None:
    """The person named in {"person": "…"}; None when the body is anything else."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    person = content.get("person") if isinstance(content, dict) else None
    return person if isinstance(person, str) else None


@dataclass(frozen=True, slots=True)
class PeopleEndpoint:
    """GET: who one can be."""

    people: Sequence[Person]
    hosts: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.respond(Request(scope, receive))(scope, receive, send)

    def respond(self, request: Request) -> Response:
        error = rejection_reason(_relevant_headers(request), self.hosts)
        if error is None and request.method not in ("GET", "HEAD"):
            error = "People are listed with GET."
        if error is not None:
            return json_response(403, {"error": error})
        return json_response(200, {"people": [to_json(person) for person in self.people]})


def to_json(person: Person) -> dict[str, Any]:
    return {"person": person.subject, "name": person.name, "email": person.email, "description": person.description}


@dataclass(frozen=True, slots=True)
class SignInEndpoint:
    """POST {"person": "…"}: a token of that person, to our own page and to tools on this machine only."""

    people: Mapping[str, Person]
    hosts: frozenset[str]
    signer: Signer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.respond(Request(scope, receive))
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        headers = _relevant_headers(request)
        error = rejection_reason(headers, self.hosts)
        if error is None and (request.method != "POST" or not _is_json(_single_value(headers, "content-type"))):
            # A form or a plain text is all that a page elsewhere can post without asking first.
            error = "Sign in with a POST of application/json."
        if error is not None:
            return json_response(403, {"error": error})
        body = await read_bounded_body(request)
        return json_response(413, {"error": "The body is too large."}) if body is None else self.sign_in(body)

    def sign_in(self, body: bytes) -> Response:
        subject = parse_person(body)
        if subject is None:
            return json_response(400, {"error": 'Send {"person": "…"}.'})
        if subject not in self.people:
            return json_response(404, {"error": "There is no such person: GET /demo/people lists them."})
        token = self.signer.token(self.people[subject])
        return json_response(200, {"token": token.text, "expiresAt": f"{token.expires_at:%Y-%m-%dT%H:%M:%SZ}"})


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def routes(people: Sequence[Person], signer: Signer, hosts: Sequence[str] = ()) -> list[BaseRoute]:
    """What the demo adds to the application; `hosts` are names besides loopback, lower case, without a port."""
    allowed = LOOPBACK | frozenset(hosts)
    by_subject = {person.subject: person for person in people}
    return [
        Route("/demo/people", PeopleEndpoint(people, allowed)),
        Route("/demo/sign-in", SignInEndpoint(by_subject, allowed, signer)),
    ]
