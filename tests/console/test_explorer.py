"""The explorer, whose editor comes from elsewhere: pinned to what npm has published, and honest where it can't come."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, Route, expect

from tests.console.conftest import TIMEOUT_MS
from tests.console.integrity import PAGE, elsewhere, hashed
from tests.processes import Running

TYPES = {"js": "text/javascript", "css": "text/css"}


@asynccontextmanager
async def explorer(chromium: Browser, running: Running, published: Mapping[str, bytes]) -> AsyncIterator[Page]:
    """The explorer as a person's browser opens it; of other hosts only what is published is there."""

    async def answer(route: Route) -> None:
        body = published.get(route.request.url)
        if body is None:
            await route.abort()
            return
        kind = TYPES[route.request.url.rpartition(".")[2]]
        headers = {"access-control-allow-origin": "*", "content-type": kind}
        await route.fulfill(status=200, headers=headers, body=body)

    context = await chromium.new_context(base_url=running.origin, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(TIMEOUT_MS)
    await context.route(re.compile("^https:"), answer)
    page = await context.new_page()
    try:
        await page.goto("/graphql")
        yield page
    finally:
        await context.close()


def test_the_hashes_in_the_page_are_those_of_what_npm_has_published(published: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert hashed(page, published) == page
    assert len(list(elsewhere(page, published))) == 4


async def test_an_example_runs_as_one_of_the_demos_people(chromium: Browser, running: Running, published: Path) -> None:
    files = {file.url: file.body for file in elsewhere(PAGE.read_text(encoding="utf-8"), published)}

    async with explorer(chromium, running, files) as page:
        await expect(page.locator(".graphiql-query-editor")).to_contain_text("productOverviews")
        await page.get_by_role("button", name="Execute query").click()
        answered = page.locator(".graphiql-response")

        await expect(answered).to_contain_text("Atelier Exemple")
        await expect(answered).to_contain_text("activeSubscriptions")


async def test_whoever_can_not_be_signed_in_is_told_and_tries_again(
    chromium: Browser, running: Running, published: Path
) -> None:
    files = {file.url: file.body for file in elsewhere(PAGE.read_text(encoding="utf-8"), published)}

    async with explorer(chromium, running, files) as page:
        await expect(page.locator(".graphiql-query-editor")).to_contain_text("productOverviews")
        await page.route("**/demo/sign-in", lambda route: route.abort())
        await page.get_by_label("Ask as").select_option("amara")
        await expect(page.locator(".toast")).to_have_text("That did not work. Try again.")
        await expect(page.get_by_label("Ask as")).to_have_value("nadia")
        await page.evaluate("sessionStorage.clear()")
        await page.reload()
        await expect(page.get_by_role("alert")).to_contain_text("The server can not be reached")
        await page.unroute("**/demo/sign-in")
        await page.get_by_role("button", name="Try again").click()

        await expect(page.locator(".graphiql-query-editor")).to_contain_text("productOverviews")


async def test_where_the_editor_can_not_come_the_page_says_what_works(chromium: Browser, running: Running) -> None:
    async with explorer(chromium, running, {}) as page:
        told = page.get_by_role("alert")

        await expect(told).to_be_visible()
        await expect(told.locator("a")).to_have_count(2)
        assert [await link.get_attribute("href") for link in await told.locator("a").all()] == ["/schema.graphql", "/"]
        await expect(page.get_by_role("combobox")).to_have_count(0)
