"""What a client sent: read from the body of a POST or the parameters of a GET, and checked to be a request at all."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from gateway.operations.errors import ErrorCode, RequestError

MAX_PARAMETERS = 20
SHA256_PREFIX = "sha256:"
REQUEST_FIELDS = ("query", "operationName", "variables", "extensions", "documentId")
_QUOTED_FIELDS = tuple(f'"{name}"'.encode() for name in REQUEST_FIELDS)
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")
# Bytes of a body that is searched for duplicate keys: that takes ten times as long as parsing it.
MAX_DUPLICATE_CHECK_BYTES = 65_536
QUERY_MISSING_IN_BODY_MESSAGE = 'The body must be a JSON object with the text of the operation as "query".'
QUERY_MISSING_IN_URL_MESSAGE = 'The parameters must have the text of the operation as "query".'
DUPLICATE_KEYS_MESSAGE = (
    f"A body of more than {MAX_DUPLICATE_CHECK_BYTES} bytes must name {', '.join(REQUEST_FIELDS)} once, "
    "and escape no letter."
)
BATCHING_MESSAGE = "Batches are not taken: send each operation in a request of its own."


class GraphQLRequest(NamedTuple):
    """A request in the words of GraphQL over HTTP: the text of the operation, its document id, or both."""

    query: str | None
    document_id: str | None
    operation_name: str | None
    variables: Mapping[str, Any]


def parse_body(body: bytes) -> GraphQLRequest:
    """Raises RequestError."""
    try:
        content: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_request("The body is not JSON.") from None
    if isinstance(content, list):
        raise bad_request(BATCHING_MESSAGE)
    if not isinstance(content, dict):
        raise bad_request(QUERY_MISSING_IN_BODY_MESSAGE)
    if _may_have_duplicate_keys(body):
        if len(body) > MAX_DUPLICATE_CHECK_BYTES:
            raise bad_request(DUPLICATE_KEYS_MESSAGE)
        _reject_duplicate_keys(_top_level_keys(body))
    return _build_request(content, QUERY_MISSING_IN_BODY_MESSAGE)


def parse_query_string(query_string: bytes) -> GraphQLRequest:
    """Raises RequestError."""
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
    _reject_duplicate_keys(name for name, _ in pairs)
    fields: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        if text := fields.pop(name, None):
            fields[name] = _parse_json(name, text)
    return _build_request(fields, QUERY_MISSING_IN_URL_MESSAGE)


def bad_request(message: str, status: int = 400) -> RequestError:
    return RequestError(ErrorCode.BAD_REQUEST, message, status)


def _build_request(fields: Mapping[str, Any], query_missing_message: str) -> GraphQLRequest:
    query, name, variables = fields.get("query"), fields.get("operationName"), fields.get("variables")
    extensions = fields.get("extensions")
    if name is not None and not isinstance(name, str):
        raise bad_request('"operationName" must be a string.')
    if variables is not None and not isinstance(variables, dict):
        raise bad_request('"variables" must be an object.')
    if extensions is not None and not isinstance(extensions, dict):
        raise bad_request('"extensions" must be an object.')
    document_id = _parse_document_id(fields.get("documentId"), extensions)
    if not isinstance(query, str) and (query is not None or document_id is None):
        raise bad_request(query_missing_message)
    return GraphQLRequest(query, document_id, name or None, variables or {})


def _parse_document_id(document_id: object, extensions: Mapping[str, Any] | None) -> str | None:
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
    return SHA256_PREFIX + digest


def _may_have_duplicate_keys(body: bytes) -> bool:
    for name in _QUOTED_FIELDS:
        if body.count(name) > 1:
            return True
    # An escape in a key hides it from counting.
    return _ESCAPED_LETTER.search(body) is not None


def _top_level_keys(body: bytes) -> Iterator[str]:
    """The keys of the outermost object, duplicates included."""
    try:
        pairs: list[tuple[str, Any]] = json.loads(body, object_pairs_hook=list)
    except RecursionError:
        raise bad_request("The body is nested too deeply.") from None
    return (name for name, _ in pairs)


def _reject_duplicate_keys(names: Iterator[str]) -> None:
    seen = set[str]()
    for name in names:
        if name in seen and name in REQUEST_FIELDS:
            # A proxy that checked the request before us may have read the other one.
            raise bad_request(f'"{name}" is given twice.')
        seen.add(name)


def _parse_json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_request(f'"{name}" is not JSON.') from None
