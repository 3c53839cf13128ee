"""Operations that clients ask for by an identifier: those of a manifest, trusted from the start, and Apollo's APQ.

Trusted documents come from a file that a client's build wrote. Automatic persisted queries (APQ) come from clients:
one that finds its hash unknown sends the text along once, and from then on the hash alone.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from gateway.http.request import SHA256_PREFIX, GraphQLRequest, bad_request
from gateway.lru_cache import Remembered
from gateway.operations.errors import Code, Rejected
from gateway.operations.executor import REMEMBERED
from gateway.startup_errors import Problem, reason

BARE_SHA256 = re.compile(r"[0-9a-f]{64}")
APOLLO = "apollo-persisted-query-manifest"
_FORMATS = "write {identifier: text}, as graphql-codegen and Relay do, or a manifest of Apollo's"


class PersistedOperations:
    """The text that a request means. `automatic` takes what clients send, `only_trusted` nothing but the manifest."""

    def __init__(self, trusted: Mapping[str, str], *, automatic: bool = True, only_trusted: bool = False) -> None:
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values())
        self._automatic = automatic and not only_trusted
        self._only_trusted = only_trusted
        self._sent: Remembered[str, str] = Remembered(REMEMBERED)

    def text(self, sent: GraphQLRequest) -> str:
        """Raises Rejected."""
        if sent.document_id is None:
            assert sent.query is not None, "a request has one of the two"
            text = sent.query
        else:
            text = self._identified(prefixed(sent.document_id), sent.query)
        if self._only_trusted and text not in self._trusted_texts:
            raise _not_trusted()
        return text

    def _identified(self, identifier: str, query: str | None) -> str:
        known = self._trusted.get(identifier) or self._sent.get(identifier)
        if query is None:
            if known is None:
                raise self._unknown()
            return known
        if known is None:
            _check(identifier, query)
            if self._automatic:
                self._sent.put(identifier, query, len(query))
        elif known != query:
            raise _mismatch()
        return query

    def _unknown(self) -> Rejected:
        if self._only_trusted:
            return _not_trusted()
        # The words that Apollo's clients look for.
        if self._automatic:
            return Rejected(Code.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return Rejected(Code.PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")


def prefixed(identifier: str) -> str:
    """One form for a SHA-256 in hexadecimal digits, however it is written."""
    return SHA256_PREFIX + identifier if BARE_SHA256.fullmatch(identifier) else identifier


def _check(identifier: str, query: str) -> None:
    """Whoever could put another text under a hash would answer everybody's next question with it."""
    if SHA256_PREFIX + hashlib.sha256(query.encode()).hexdigest() != identifier:
        raise _mismatch()


def _mismatch() -> Rejected:
    return bad_request("The identifier is not that of the query: send the SHA-256 of exactly this text.")


def _not_trusted() -> Rejected:
    return Rejected(Code.OPERATION_NOT_TRUSTED, "Only operations that were registered in advance are answered here.")


def manifest(path: Path) -> dict[str, str]:
    """The texts of a manifest by their identifiers. Raises Problem."""
    try:
        listed: Any = orjson.loads(path.expanduser().read_bytes())
    except OSError as error:
        raise _problem(path, f"can not be read ({reason(error)})") from error
    except orjson.JSONDecodeError as error:
        raise _problem(path, f"is not JSON: {_FORMATS}") from error
    pairs = list(_listed(listed)) if isinstance(listed, dict) else []
    if not pairs or not all(isinstance(part, str) for pair in pairs for part in pair):
        raise _problem(path, f"holds no operations: {_FORMATS}")
    return _by_identifier(path, pairs)


def _listed(listed: dict[str, Any]) -> Iterable[tuple[Any, Any]]:
    if listed.get("format") != APOLLO:
        return listed.items()
    operations = listed.get("operations")
    entries = operations if isinstance(operations, list) else []
    return [(entry.get("id"), entry.get("body")) for entry in entries if isinstance(entry, dict)]


def _by_identifier(path: Path, pairs: list[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for identifier, text in pairs:
        if texts.setdefault(prefixed(identifier), text) != text:
            raise _problem(path, f"has two texts for {identifier}")
    return texts


def _problem(path: Path, sentence: str) -> Problem:
    return Problem(f"LICET_TRUSTED_DOCUMENTS: {path} {sentence}.")
