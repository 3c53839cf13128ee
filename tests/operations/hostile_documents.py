"""Requests made to hurt: small to send, and dear to parse, to validate, to spread or to run."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class HostileDocument:
    query: str
    code: str
    """What it is refused with."""
    limit: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        return {"query": self.query, "variables": self.variables}


def _deep(levels: int) -> str:
    return "{a" * levels + "}" * levels


def _many(pattern: str, count: int) -> str:
    return " ".join(pattern.format(place) for place in range(count))


def _chain(links: int, twice: str) -> str:
    """Every fragment leads to the next one twice: two to the power of `links` if each was followed."""
    fragments = [f"fragment F{link} on Account {{ {twice.format(f'...F{link + 1}')} }}" for link in range(links)]
    return f'{{ account(id: "x") {{ ...F0 }} }} {" ".join(fragments)} fragment F{links} on Account {{ id }}'


def _too_large(query: str, limit: str, **variables: Any) -> HostileDocument:
    return HostileDocument(query, "LIMIT_EXCEEDED", limit, variables)


NESTED = "a: subscriptions {{ nodes {{ account {{ {0} }} }} }} b: subscriptions {{ nodes {{ account {{ {0} }} }} }}"
VIEWER = "{{ viewer {{ {} }} }}".format
CIRCLE = "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }"

HOSTILE_DOCUMENTS = {
    "16 levels": _too_large(_deep(16), "depth"),
    "200 levels": _too_large(_deep(200), "depth"),
    "200 levels of inline fragments": HostileDocument(
        "{viewer" + "{...{a" * 99 + "}}" * 99 + "}", "LIMIT_EXCEEDED", "depth"
    ),
    "levels hidden in fragments": _too_large(_chain(9, "subscriptions {{ nodes {{ account {{ {0} }} }} }}"), "depth"),
    "50,000 braces": _too_large("{a" * 25_000 + "}" * 25_000, "length"),
    "20,000 braces": HostileDocument("{a" * 20_000, "INVALID_OPERATION"),
    "10,000 brackets": HostileDocument(f"{{ nodes(ids: {'[' * 10_000}{']' * 10_000}) {{ id }} }}", "INVALID_OPERATION"),
    "190 brackets": HostileDocument(f"{{ nodes(ids: {'[' * 190}{']' * 190}) {{ id }} }}", "INVALID_OPERATION"),
    "31 aliases of a root field": _too_large(f"{{ {_many('a{}: viewer {{ scopes }}', 31)} }}", "root_fields"),
    "101 aliases": _too_large(VIEWER(_many("a{}: scopes", 101)), "aliases"),
    "1,000 aliases": _too_large(VIEWER(_many("a{}: scopes", 1_000)), "tokens"),
    "10,000 aliases": _too_large(VIEWER(_many("a{}: scopes", 10_000)), "length"),
    "31 root fields": _too_large(f"{{ {'viewer { scopes } ' * 31} }}", "root_fields"),
    "root fields hidden in a fragment": _too_large(
        f"{{ ...A }} fragment A on Query {{ {'viewer { scopes } ' * 31} }}", "root_fields"
    ),
    "one field 300 times": _too_large(VIEWER("scopes " * 300), "fields"),
    "one field 501 times": _too_large(VIEWER("scopes " * 501), "fields"),
    "one field 3,000 times": _too_large(VIEWER("scopes " * 3_000), "tokens"),
    "one list 240 times": _too_large(VIEWER(f"accounts {{ {'orders { totalCount } ' * 240} }}"), "fields"),
    "60 directives": _too_large(VIEWER("scopes " + "@skip(if: false) " * 60), "directives"),
    "3,000 directives": _too_large(VIEWER("scopes " + "@x " * 3_000), "tokens"),
    "10 doublings": _too_large(_chain(10, "{0} {0}"), "fields"),
    "20 doublings": _too_large(_chain(20, "{0} {0}"), "fields"),
    "90 doublings": _too_large(_chain(90, "{0} {0}"), "fields"),
    "200 doublings": _too_large(_chain(200, "{0} {0}"), "tokens"),
    "4 doublings of everything below": HostileDocument(_chain(4, NESTED), "TOO_COSTLY"),
    "30 doublings of everything below": _too_large(_chain(30, NESTED), "depth"),
    "a circle of fragments": HostileDocument(CIRCLE, "INVALID_OPERATION"),
    "a circle of 90 fragments": HostileDocument(
        VIEWER("...F0") + " ".join(f"fragment F{place} on Viewer {{ ...F{(place + 1) % 90} }}" for place in range(90)),
        "INVALID_OPERATION",
    ),
    "90 fragments in one place": _too_large(
        f'{{ account(id: "x") {{ {_many("...F{}", 90)} }} }}'
        + _many("fragment F{} on Account {{ id name kind createdAt viewerRole }}", 90),
        "fields",
    ),
    "101 fragments": _too_large(VIEWER("...F0") + _many("fragment F{} on Viewer {{ scopes }}", 101), "definitions"),
    "300 fragments": _too_large(VIEWER("...F0") + _many("fragment F{} on Viewer {{ scopes }}", 300), "tokens"),
    "400 spreads": _too_large(VIEWER("...F " * 400) + "fragment F on Viewer { scopes }", "spreads"),
    "400 variables": _too_large(f"query ({_many('$a{}: Int', 400)}) {VIEWER('scopes')}", "arguments"),
    "200 unknown fields": HostileDocument(VIEWER(_many("a{}", 200)), "INVALID_OPERATION"),
    "190 unknown types": _too_large(VIEWER(_many("... on A{} {{ scopes }}", 190)), "fields"),
    "280 unknown arguments": HostileDocument(f"{{ viewer({_many('a{}: 1', 280)}) {{ scopes }} }}", "INVALID_OPERATION"),
    "280 unknown members": HostileDocument(
        f'{{ account(id: "x") {{ orders(filter: {{{_many("placed{}: 1", 280)}}}) {{ totalCount }} }} }}',
        "INVALID_OPERATION",
    ),
    "600 unknown members": _too_large(
        f'{{ account(id: "x") {{ orders(filter: {{{_many("placed{}: 1", 600)}}}) {{ totalCount }} }} }}', "arguments"
    ),
    "2,001 tokens": _too_large(VIEWER("a " * 1_996), "tokens"),
    "1,900 ids": HostileDocument("{ nodes(ids: [" + '"a"' * 1_900 + "]) { id } }", "BAD_ARGUMENT"),
    "16,000 comments": _too_large("#x\n" * 16_000 + VIEWER("scopes"), "tokens"),
    "a comment of a million characters": _too_large("#" + "x" * 1_000_000 + "\n" + VIEWER("scopes"), "length"),
    "a name of 49,000 characters": HostileDocument(VIEWER("x" * 49_000), "INVALID_OPERATION"),
    "a number of 49,000 digits": _too_large(f"{{ products(first: {'9' * 49_000}) {{ totalCount }} }}", "digits"),
    "a text of 8,000 escapes": HostileDocument(
        '{ products(after: "' + "\\u0041" * 8_000 + '") { totalCount } }', "BAD_ARGUMENT"
    ),
    "a million blanks": _too_large(" " * 1_000_000, "length"),
    "2,000 values": _too_large("query ($x: Int) { products(first: $x) { totalCount } }", "values", x=[1] * 2_000),
    "100 levels of variables": _too_large(VIEWER("scopes"), "nesting", x=json.loads("[" * 100 + "]" * 100)),
}
