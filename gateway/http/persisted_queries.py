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
from gateway.lru_cache import LRUCache
from gateway.operations.errors import ErrorCode, RequestError
from gateway.operations.executor import DOCUMENT_CACHE_CHARS
from gateway.startup_errors import StartupError, error_reason

BARE_SHA256 = re.compile(r"[0-9a-f]{64}")
APOLLO_FORMAT = "apollo-persisted-query-manifest"
_FORMATS = "write {identifier: text}, as graphql-codegen and Relay do, or a manifest of Apollo's"


class PersistedOperations:
    """The text that a request means. `automatic` takes what clients send, `only_trusted` nothing but the manifest."""

    def __init__(self, trusted: Mapping[str, str], *, automatic: bool = True, only_trusted: bool = False) -> None:
        self._trusted = trusted
        self._trusted_texts = frozenset(trusted.values())
        self._automatic = automatic and not only_trusted
        self._only_trusted = only_trusted
        self._registered: LRUCache[str, str] = LRUCache(DOCUMENT_CACHE_CHARS)

    def resolve(self, request: GraphQLRequest) -> str:
        """Raises RequestError."""
        if request.document_id is None:
            assert request.query is not None, "a request has one of the two"
            text = request.query
        else:
            text = self._lookup(normalize_id(request.document_id), request.query)
        if self._only_trusted and text not in self._trusted_texts:
            raise _not_trusted()
        return text

    def _lookup(self, document_id: str, query: str | None) -> str:
        stored = self._trusted.get(document_id) or self._registered.get(document_id)
        if query is None:
            if stored is None:
                raise self._unknown_document()
            return stored
        if stored is None:
            _verify_hash(document_id, query)
            if self._automatic:
                self._registered.put(document_id, query, len(query))
        elif stored != query:
            raise _mismatch()
        return query

    def _unknown_document(self) -> RequestError:
        if self._only_trusted:
            return _not_trusted()
        # Apollo's clients recognise exactly these messages.
        if self._automatic:
            return RequestError(ErrorCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        return RequestError(ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")


def normalize_id(document_id: str) -> str:
    """One form for a SHA-256 in hexadecimal digits, however it is written."""
    return SHA256_PREFIX + document_id if BARE_SHA256.fullmatch(document_id) else document_id


def _verify_hash(document_id: str, query: str) -> None:
    """Whoever could register another text under a hash would decide what everybody's next request means."""
    if SHA256_PREFIX + hashlib.sha256(query.encode()).hexdigest() != document_id:
        raise _mismatch()


def _mismatch() -> RequestError:
    return bad_request("The identifier is not that of the query: send the SHA-256 of exactly this text.")


def _not_trusted() -> RequestError:
    return RequestError(
        ErrorCode.OPERATION_NOT_TRUSTED, "Only operations that were registered in advance are answered here."
    )


def load_manifest(path: Path) -> dict[str, str]:
    """The texts of a manifest by their document ids. Raises StartupError."""
    try:
        content: Any = orjson.loads(path.expanduser().read_bytes())
    except OSError as error:
        raise _manifest_error(path, f"can not be read ({error_reason(error)})") from error
    except orjson.JSONDecodeError as error:
        raise _manifest_error(path, f"is not JSON: {_FORMATS}") from error
    entries = list(_manifest_entries(content)) if isinstance(content, dict) else []
    if not entries or not all(isinstance(part, str) for entry in entries for part in entry):
        raise _manifest_error(path, f"holds no operations: {_FORMATS}")
    return _texts_by_id(path, entries)


def _manifest_entries(content: dict[str, Any]) -> Iterable[tuple[Any, Any]]:
    if content.get("format") != APOLLO_FORMAT:
        return content.items()
    operations = content.get("operations")
    entries = operations if isinstance(operations, list) else []
    return [(entry.get("id"), entry.get("body")) for entry in entries if isinstance(entry, dict)]


def _texts_by_id(path: Path, entries: list[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for document_id, text in entries:
        if texts.setdefault(normalize_id(document_id), text) != text:
            raise _manifest_error(path, f"has two texts for {document_id}")
    return texts


def _manifest_error(path: Path, message: str) -> StartupError:
    return StartupError(f"LICET_TRUSTED_DOCUMENTS: {path} {message}.")
