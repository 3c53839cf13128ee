"""How large a document may be, found out in time linear in its size, before anything is validated or spread.

Fragments are counted where they are spread, each once: what a fragment comes to is remembered, so that a chain of
fragments that doubles at every step costs no more than its text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    SelectionSetNode,
    Token,
    TokenKind,
    parse,
)

from gateway.operations.errors import ErrorCode, RequestError, graphql_error

# Of a number in a document. Nothing here takes one that is longer, and Python refuses to read thousands of digits.
MAX_DIGITS = 400
NUMBERS = (TokenKind.INT, TokenKind.FLOAT)
Executable = OperationDefinitionNode | FragmentDefinitionNode


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for, and one viewer over time. The names are those of LICET_LIMITS."""

    body: int = 1_048_576
    """Bytes of a request's body."""
    length: int = 50_000
    """Characters of the document."""
    tokens: int = 2_000
    """Names, brackets, values and comments in it."""
    definitions: int = 100
    """Operations and fragments in it."""
    arguments: int = 300
    """Arguments, members of objects, variables and aliases: whatever has a colon."""
    directives: int = 50
    spreads: int = 200
    aliases: int = 100
    depth: int = 15
    """Fields inside fields."""
    root_fields: int = 20
    fields: int = 500
    """Selected in all, counted wherever a fragment is spread."""
    values: int = 1_000
    """Numbers, texts and objects in the variables."""
    nesting: int = 10
    """Lists and objects inside each other in the variables."""
    cost: int = 100_000
    """Of one operation: about the rows it may touch."""
    capacity: int = 500_000
    """Of cost that one viewer may use at once."""
    restore: int = 25_000
    """Of cost that comes back to the viewer each second."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            if not 1 <= getattr(self, limit.name) <= 1_000_000_000:
                raise ValueError(f"has {limit.name} out of its bounds: it is from 1 to 1000000000")
        if self.capacity < self.cost:
            raise ValueError("has a capacity under the cost of one operation: no such operation could ever run")


def limit_exceeded(limit: str, message: str) -> RequestError:
    """`limit` is its name in Limits, or `digits`, which is not to be set."""
    return RequestError(ErrorCode.LIMIT_EXCEEDED, [graphql_error(ErrorCode.LIMIT_EXCEEDED, message, limit=limit)])


def read(text: str, limits: Limits) -> DocumentNode:
    """The parsed document. Raises RequestError, for one that is too long before it has read more than it may."""
    if len(text) > limits.length:
        raise limit_exceeded("length", f"The document has {len(text)} characters; at most {limits.length} are allowed.")
    try:
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    except GraphQLSyntaxError as error:
        if "contains more than" in error.message:
            message = f"The document has more than the {limits.tokens} tokens that are allowed."
            raise limit_exceeded("tokens", message) from None
        raise RequestError(ErrorCode.INVALID_OPERATION, [error]) from error


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Raises RequestError. Assumes nothing of the document but that it parses."""
    _at_most(limits, "definitions", len(document.definitions), "operations and fragments")
    _check_tokens(document, limits)
    definitions = [node for node in document.definitions if isinstance(node, Executable)]
    outlines = [_outline(node.selection_set) for node in definitions]
    _at_most(limits, "aliases", sum(outline.aliases for outline in outlines), "aliases")
    _at_most(limits, "spreads", sum(len(outline.spreads) for outline in outlines), "fragment spreads")
    named = zip(definitions, outlines, strict=True)
    fragments = {node.name.value: found for node, found in named if isinstance(node, FragmentDefinitionNode)}
    extents = Extents(fragments)
    for node, found in zip(definitions, outlines, strict=True):
        if isinstance(node, OperationDefinitionNode):
            extent = extents.of(found)
            _at_most(limits, "root_fields", extent.roots, "root fields")
            _at_most(limits, "depth", extent.depth, "levels of fields")
            _at_most(limits, "fields", extent.fields, "fields, counted wherever a fragment is spread")


def check_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Raises RequestError. Most variables are a few scalars, and pass at the first look."""
    level: list[Any] = [*variables.values()]
    seen = nesting = 0
    while level:
        seen += len(level)
        if seen > limits.values or nesting > limits.nesting:
            _at_most(limits, "values", seen, "values", "variables")
            _at_most(limits, "nesting", nesting, "levels", "variables")
        level = [part for value in level if type(value) in (dict, list) for part in _parts(value)]
        nesting += 1


def _parts(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _at_most(limits: Limits, limit: str, asked: int, what: str, where: str = "document") -> None:
    allowed: int = getattr(limits, limit)
    if asked > allowed:
        have = "has" if where == "document" else "have"
        raise limit_exceeded(limit, f"The {where} {have} {asked} {what}; at most {allowed} are allowed.")


def _check_tokens(document: DocumentNode, limits: Limits) -> None:
    seen = dict.fromkeys((TokenKind.AT, TokenKind.COLON), 0)
    token: Token | None = document.loc.start_token if document.loc else None
    while token is not None:
        if token.kind in seen:
            seen[token.kind] += 1
        elif token.kind in NUMBERS and len(token.value or "") > MAX_DIGITS:
            raise limit_exceeded("digits", f"The document has a number of more than {MAX_DIGITS} digits.")
        token = token.next
    _at_most(limits, "directives", seen[TokenKind.AT], "directives")
    _at_most(limits, "arguments", seen[TokenKind.COLON], "arguments, members, variables and aliases")


@dataclass(slots=True)
class Outline:
    """What one definition holds itself; each spread with the fields that it is inside of."""

    aliases: int = 0
    roots: int = 0
    fields: int = 0
    depth: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)


def _outline(selection_set: SelectionSetNode) -> Outline:
    outline = Outline()
    waiting = [(selection_set, 0)]
    while waiting:
        selections, depth = waiting.pop()
        for node in selections.selections:
            below = depth
            if isinstance(node, FragmentSpreadNode):
                outline.spreads.append((node.name.value, depth))
                continue
            if isinstance(node, FieldNode):
                below = depth + 1
                outline.fields += 1
                outline.roots += depth == 0
                outline.aliases += node.alias is not None
                outline.depth = max(outline.depth, below)
            nested = getattr(node, "selection_set", None)
            if nested is not None:
                waiting.append((nested, below))
    return outline


@dataclass(frozen=True, slots=True)
class Extent:
    """What a definition comes to with its fragments spread."""

    depth: int = 0
    fields: int = 0
    roots: int = 0


class Extents:
    """The extents of fragments, each found once."""

    def __init__(self, fragments: Mapping[str, Outline]) -> None:
        self._fragments = fragments
        self._known: dict[str, Extent] = {}

    def of(self, outline: Outline) -> Extent:
        depth, selected, roots = outline.depth, outline.fields, outline.roots
        for name, inside in outline.spreads:
            spread = self._fragment(name)
            depth = max(depth, inside + spread.depth)
            selected += spread.fields
            roots += spread.roots if inside == 0 else 0
        return Extent(depth, selected, roots)

    def _fragment(self, name: str) -> Extent:
        if name not in self._known:
            # Found while it is being looked for, it is a circle: validation refuses it.
            self._known[name] = Extent()
            if name in self._fragments:
                self._known[name] = self.of(self._fragments[name])
        return self._known[name]
