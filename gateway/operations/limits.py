"""How large a document may be, found out in time linear in its size, before anything is validated or spread.

Fragments are counted where they are spread, and each is expanded once: a chain of fragments that doubles at every
step costs no more than its text.
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
    """`limit` is its name in Limits, or `digits`, which is not configurable."""
    return RequestError(ErrorCode.LIMIT_EXCEEDED, [graphql_error(ErrorCode.LIMIT_EXCEEDED, message, limit=limit)])


def parse_document(text: str, limits: Limits) -> DocumentNode:
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
    _check_limit(limits, "definitions", len(document.definitions), "operations and fragments")
    _check_tokens(document, limits)
    definitions = [node for node in document.definitions if isinstance(node, Executable)]
    all_stats = [_definition_stats(node.selection_set) for node in definitions]
    _check_limit(limits, "aliases", sum(stats.aliases for stats in all_stats), "aliases")
    _check_limit(limits, "spreads", sum(len(stats.spreads) for stats in all_stats), "fragment spreads")
    named = zip(definitions, all_stats, strict=True)
    fragments = {node.name.value: stats for node, stats in named if isinstance(node, FragmentDefinitionNode)}
    expander = FragmentExpander(fragments)
    for node, stats in zip(definitions, all_stats, strict=True):
        if isinstance(node, OperationDefinitionNode):
            expanded = expander.expand(stats)
            _check_limit(limits, "root_fields", expanded.root_fields, "root fields")
            _check_limit(limits, "depth", expanded.depth, "levels of fields")
            _check_limit(limits, "fields", expanded.fields, "fields, counted wherever a fragment is spread")


def check_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Raises RequestError. Most variables are a few scalars, and pass in one round."""
    level: list[Any] = [*variables.values()]
    count = nesting = 0
    while level:
        count += len(level)
        if count > limits.values or nesting > limits.nesting:
            _check_limit(limits, "values", count, "values", "variables")
            _check_limit(limits, "nesting", nesting, "levels", "variables")
        level = [part for value in level if type(value) in (dict, list) for part in _children(value)]
        nesting += 1


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _check_limit(limits: Limits, limit: str, count: int, what: str, where: str = "document") -> None:
    allowed: int = getattr(limits, limit)
    if count > allowed:
        have = "has" if where == "document" else "have"
        raise limit_exceeded(limit, f"The {where} {have} {count} {what}; at most {allowed} are allowed.")


def _check_tokens(document: DocumentNode, limits: Limits) -> None:
    counts = dict.fromkeys((TokenKind.AT, TokenKind.COLON), 0)
    token: Token | None = document.loc.start_token if document.loc else None
    while token is not None:
        if token.kind in counts:
            counts[token.kind] += 1
        elif token.kind in NUMBERS and len(token.value or "") > MAX_DIGITS:
            raise limit_exceeded("digits", f"The document has a number of more than {MAX_DIGITS} digits.")
        token = token.next
    _check_limit(limits, "directives", counts[TokenKind.AT], "directives")
    _check_limit(limits, "arguments", counts[TokenKind.COLON], "arguments, members, variables and aliases")


@dataclass(slots=True)
class DefinitionStats:
    """What is in one definition itself, without its fragments; each spread with its depth."""

    aliases: int = 0
    root_fields: int = 0
    fields: int = 0
    depth: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)


def _definition_stats(selection_set: SelectionSetNode) -> DefinitionStats:
    stats = DefinitionStats()
    stack = [(selection_set, 0)]
    while stack:
        selections, depth = stack.pop()
        for node in selections.selections:
            field_depth = depth
            if isinstance(node, FragmentSpreadNode):
                stats.spreads.append((node.name.value, depth))
                continue
            if isinstance(node, FieldNode):
                field_depth = depth + 1
                stats.fields += 1
                stats.root_fields += depth == 0
                stats.aliases += node.alias is not None
                stats.depth = max(stats.depth, field_depth)
            nested = getattr(node, "selection_set", None)
            if nested is not None:
                stack.append((nested, field_depth))
    return stats


@dataclass(frozen=True, slots=True)
class ExpandedSize:
    """The size of a definition with its fragments expanded."""

    depth: int = 0
    fields: int = 0
    root_fields: int = 0


class FragmentExpander:
    """Sizes with fragments expanded, each fragment once."""

    def __init__(self, fragments: Mapping[str, DefinitionStats]) -> None:
        self._fragments = fragments
        self._expanded: dict[str, ExpandedSize] = {}

    def expand(self, stats: DefinitionStats) -> ExpandedSize:
        depth, field_count, root_fields = stats.depth, stats.fields, stats.root_fields
        for name, spread_depth in stats.spreads:
            fragment = self._fragment(name)
            depth = max(depth, spread_depth + fragment.depth)
            field_count += fragment.fields
            root_fields += fragment.root_fields if spread_depth == 0 else 0
        return ExpandedSize(depth, field_count, root_fields)

    def _fragment(self, name: str) -> ExpandedSize:
        if name not in self._expanded:
            # Ends a cycle of fragments, which validation rejects.
            self._expanded[name] = ExpandedSize()
            if name in self._fragments:
                self._expanded[name] = self.expand(self._fragments[name])
        return self._expanded[name]
