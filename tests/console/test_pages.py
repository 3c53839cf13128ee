"""The pages without a browser: what is sent, how it is kept, and that the words are the same in every language."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from gateway.server import static_files
from tests.conftest import Client

CONSOLE = Path(str(files("gateway"))) / "console"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
GUARDED = {
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
ENTRY = re.compile(
    r'^  (?:"(?P<quoted>[\w.]+)"|(?P<bare>\w+)):\s+(?P<text>.+?),\n(?=\n|  ["\w]|\};)', re.MULTILINE | re.DOTALL
)
BLANK = re.compile(r"\{(\w+)\}")


def catalogue(language: str) -> dict[str, list[str]]:
    """The blanks of every message; those of one and of many are the same."""
    text = CONSOLE.joinpath("locales", f"{language}.js").read_text(encoding="utf-8")
    return {
        found["quoted"] or found["bare"]: sorted(set(BLANK.findall(found["text"]))) for found in ENTRY.finditer(text)
    }


def source() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in CONSOLE.rglob("*.js") if path.parent.name != "locales"
    )


def test_both_languages_have_the_same_messages_with_the_same_blanks() -> None:
    english, french = catalogue("en"), catalogue("fr")

    assert len(english) > 200
    # A count may be left out where one and many are words of their own.
    assert set(english) == set(french)
    assert {name for name in english if set(english[name]) - {"count"} != set(french[name]) - {"count"}} == set()


def test_every_message_that_is_asked_for_is_there() -> None:
    asked = set(re.findall(r'\bt\(\s*"([\w.]+)"', source()))

    assert len(asked) > 100
    assert asked - catalogue("en").keys() == set()


def test_no_message_is_there_for_nothing() -> None:
    text = source()
    families = set(re.findall(r"`([\w.]+\.)\$\{", text))
    families |= {f"{kind}." for kind in re.findall(r'(?:enumLabel|chip)\("([\w.]+)"', text)}
    named = set(re.findall(r'"([\w.]+)"', text))

    unused = {
        name
        for name in catalogue("en")
        if name not in named and not any(name.startswith(family) for family in families)
    }

    assert unused == set()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/accounts/acc_1", "/accounts/acc_1/subscriptions/sub_1"])
async def test_every_view_is_the_one_page_under_a_strict_policy(client: Client, path: str) -> None:
    response = await client.http.get(path)
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert GUARDED.items() <= dict(response.headers).items()
    assert policy == static_files.CONSOLE_POLICY
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in " ".join(policy.values())


async def test_without_javascript_it_says_what_this_is_and_where_things_are(client: Client) -> None:
    response = await client.http.get("/")
    (said,) = re.findall(r"<noscript>(.*)</noscript>", response.text, re.DOTALL)

    assert "A GraphQL gateway for software subscriptions and licence keys" in said
    assert re.findall(r'href="([^"]+)"', said) == ["/schema.graphql", "/graphql", "/healthz", "/readyz"]
    assert "README" in said
    assert {(await client.http.get(path)).status_code for path in ("/schema.graphql", "/healthz", "/readyz")} == {200}


async def test_the_page_is_asked_for_again_and_its_files_never(client: Client) -> None:
    page = await client.http.get("/")
    again = await client.http.get("/", headers={"if-none-match": page.headers["etag"]})
    addresses = re.findall(r'"(/console/[^"]+)"', page.text)

    assert page.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert len(addresses) > 5
    for address in addresses:
        file = await client.http.get(address)
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert file.headers["content-encoding"] == "gzip"
        assert file.headers["content-type"].startswith(static_files.MEDIA_TYPES[address.rpartition(".")[2]])


async def test_files_of_another_version_or_of_no_name_are_not_there(client: Client) -> None:
    page = await client.http.get("/")
    (main,) = re.findall(r'"(/console/[^"]+/main\.js)"', page.text)
    version = main.split("/")[2]

    answers = [
        await client.http.get(path)
        for path in ("/console/000000000000/main.js", f"/console/{version}/no.js", f"/console/{version}/index.html")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_plain_files_are_sent_to_who_does_not_unpack(client: Client) -> None:
    response = await client.http.get("/", headers={"accept-encoding": "identity"})

    assert "content-encoding" not in response.headers
    assert "accept-encoding" in response.headers["vary"].lower()


async def test_a_browser_is_shown_the_explorer_and_a_client_is_not(client: Client) -> None:
    shown = await client.http.get("/graphql", headers=BROWSER)
    head = await client.http.head("/graphql", headers=BROWSER)
    asked = await client.http.get("/graphql", headers={"accept": "application/graphql-response+json, text/html;q=0.5"})

    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
    assert (head.status_code, head.content) == (200, b"")
    assert asked.headers["content-type"].startswith("application/")
