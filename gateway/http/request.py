"""What a client sent: read from the body of a POST or the parameters of a GET, and checked to be a request at all."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from gateway.operations.errors import Code, Rejected

MAX_PARAMETERS = 20
SHA256 = "sha256:"
MEMBERS = ("query", "operationName", "variables", "extensions", "documentId")
_QUOTED = tuple(f'"{name}"'.encode() for name in MEMBERS)
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")
# Bytes of a body in which two members of one name are told apart: it takes ten times as long as reading all of it.
MAX_SEARCHED = 65_536
NO_BODY = 'The body must be a JSON object with the text of the operation as "query".'
NO_PARAMETERS = 'The parameters must have the text of the operation as "query".'
MAY_HAVE_TWINS = f"A body of more than {MAX_SEARCHED} bytes must name {', '.join(MEMBERS)} once, and escape no letter."
A_BATCH = "Batches are not taken: send each operation in a request of its own."


class Sent(NamedTuple):
    """A request in the words of GraphQL over HTTP: the text of the operation, an identifier of it, or both."""

    query: str | None
    identifier: str | None
    operation_name: str | None
    variables: Mapping[str, Any]


def from_body(body: bytes) -> Sent:
    """Raises Rejected."""
    try:
        given: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request("The body is not JSON.") from None
    if isinstance(given, list):
        raise bad_request(A_BATCH)
    if not isinstance(given, dict):
        raise bad_request(NO_BODY)
    if _may_have_twins(body):
        if len(body) > MAX_SEARCHED:
            raise bad_request(MAY_HAVE_TWINS)
        _refuse_twins(_members(body))
    return _sent(given, NO_BODY)


def from_parameters(query_string: bytes) -> Sent:
    """Raises Rejected."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(query_string),
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        raise bad_request("The parameters of the address are not readable: encode them as a form, in UTF-8.") from None
    _refuse_twins(name for name, _ in pairs)
    given: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        if text := given.pop(name, None):
            given[name] = _json(name, text)
    return _sent(given, NO_PARAMETERS)


def bad_request(sentence: str, status: int = 400) -> Rejected:
    return Rejected(Code.BAD_REQUEST, sentence, status)


def _sent(given: Mapping[str, Any], nothing: str) -> Sent:
    query, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    extensions = given.get("extensions")
    if name is not None and not isinstance(name, str):
        raise bad_request('"operationName" must be a string.')
    if variables is not None and not isinstance(variables, dict):
        raise bad_request('"variables" must be an object.')
    if extensions is not None and not isinstance(extensions, dict):
        raise bad_request('"extensions" must be an object.')
    identifier = _identifier(given.get("documentId"), extensions)
    if not isinstance(query, str) and (query is not None or identifier is None):
        raise bad_request(nothing)
    return Sent(query, identifier, name or None, variables or {})


def _identifier(document_id: object, extensions: Mapping[str, Any] | None) -> str | None:
    """As persisted documents of GraphQL over HTTP have it, or as Apollo's automatic persisted queries do."""
    if document_id is not None:
        if not isinstance(document_id, str):
            raise bad_request('"documentId" must be a string.')
        return document_id
    persisted = extensions.get("persistedQuery") if extensions else None
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise bad_request('"persistedQuery" must be an object of version 1.')
    digest = persisted.get("sha256Hash")
    if not isinstance(digest, str):
        raise bad_request('"sha256Hash" must be a string.')
    return SHA256 + digest


def _may_have_twins(body: bytes) -> bool:
    for name in _QUOTED:
        if body.count(name) > 1:
            return True
    # An escape in the name of a member hides it from counting.
    return _ESCAPED_LETTER.search(body) is not None


def _members(body: bytes) -> Iterator[str]:
    """The names in the outermost object, each as often as it is there."""
    try:
        pairs: list[tuple[str, Any]] = json.loads(body, object_pairs_hook=list)
    except RecursionError:
        raise bad_request("The body is nested too deeply.") from None
    return (name for name, _ in pairs)


def _refuse_twins(names: Iterator[str]) -> None:
    seen = set[str]()
    for name in names:
        if name in seen and name in MEMBERS:
            # Whoever looked at the request before us may have read the other one.
            raise bad_request(f'"{name}" is given twice.')
        seen.add(name)


def _json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_request(f'"{name}" is not JSON.') from None
