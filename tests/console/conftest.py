"""A real Chromium on a real demo: each visit is a browser of its own, and what goes wrong in any of them is told."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, async_playwright

from tests import npm
from tests.processes import Running, demo

TIMEOUT_MS = 10_000  # milliseconds; a machine that does other things besides must fit
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)

Theme = Literal["light", "dark"]
Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with demo(tmp_path_factory.mktemp("console") / "demo") as running:
        yield running


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(f"no browser is on PATH: install one of {', '.join(NAMES)} to run these")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where packages from npm are kept from run to run; for this run only where pytest keeps nothing."""
    cache: pytest.Cache | None = getattr(request.config, "cache", None)
    return tmp_path_factory.mktemp("npm") if cache is None else cache.mkdir("npm")


@pytest.fixture(scope="session")
def axe(published: Path) -> str:
    return (npm.package(*npm.AXE, published) / "axe.min.js").read_text(encoding="utf-8")


class Watched:
    """What a visit must not do: log an error, throw, or ask another host for anything."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.wrongs: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.wrongs.append(str(error)))
        page.on("request", self._see)

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type in ("error", "warning"):
            self.wrongs.append(line.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith(self._origin):
            self.wrongs.append(request.url)


@pytest.fixture
async def visit(chromium: Browser, running: Running) -> AsyncIterator[Visit]:
    """`await visit(path, person=…, width=…)`: the page at that path, signed in; nothing may go wrong on it."""
    watched = Watched(running.origin)
    contexts: list[BrowserContext] = []

    async def go(
        path: str = "/",
        *,
        person: str | None = "nadia",
        width: int = 1280,
        theme: Theme = "light",
        locale: str = "en-GB",
        **options: Any,
    ) -> Page:
        context = await chromium.new_context(
            base_url=running.origin,
            viewport=ViewportSize(width=width, height=800),
            color_scheme=theme,
            locale=locale,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = await context.new_page()
        watched.watch(page)
        if person is not None:
            token = sign_in(running, person)
            await page.add_init_script(
                f"sessionStorage.getItem('licet.token') ?? sessionStorage.setItem('licet.token', '{token}')"
            )
        await page.goto(path)
        return page

    yield go
    for context in contexts:
        await context.close()
    assert watched.wrongs == []


async def held(page: Page) -> str:
    """What the page holds: its markup, and its text, in which a key is whole whatever stands between its groups."""
    return await page.content() + str(await page.evaluate("document.documentElement.textContent"))


def sign_in(running: Running, person: str) -> str:
    answer = httpx.post(f"{running.origin}/demo/sign-in", json={"person": person})
    token: str = answer.json()["token"]
    return token


def ask(running: Running, query: str, variables: dict[str, Any] | None = None, *, person: str = "nadia") -> Any:
    """The data of an answer to one of the demo's people, past the browser."""
    answer = httpx.post(
        f"{running.origin}/graphql",
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {sign_in(running, person)}"},
    )
    body = answer.json()
    assert body.get("errors") is None, body
    return body["data"]


FIND = """
query Find($account: ID!, $search: String!) {
  account(id: $account) { subscriptions(filter: {search: $search}) { nodes { id } } }
}
"""


def company(running: Running, name: str = "Atelier Exemple", *, person: str = "nadia") -> str:
    """The path of an account of that person."""
    accounts = ask(running, "{ viewer { accounts { id name } } }", person=person)["viewer"]["accounts"]
    (found,) = [account["id"] for account in accounts if account["name"] == name]
    return f"/accounts/{quote(found)}"


def subscription(running: Running, number: str) -> str:
    """The path of the subscription of that number in the first person's company."""
    path = company(running)
    found = ask(running, FIND, {"account": path.rpartition("/")[2], "search": number})
    return f"{path}/subscriptions/{found['account']['subscriptions']['nodes'][0]['id']}"
