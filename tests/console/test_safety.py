"""What the page must never do: run what somebody typed, lead away, or hold a whole key that nobody asked to see."""

import functools
import re
from urllib.parse import quote

import pytest
from playwright.async_api import Page, Route, expect

from tests.console.conftest import Visit, ask, company, held, sign_in, subscription
from tests.processes import Running

WHOLE_KEY = re.compile(r"\b[A-Z0-9]{5}(-[A-Z0-9]{5}){4}\b")
PROBES = [
    "<img src=x onerror=globalThis.ran=1>",
    "</script><svg onload=globalThis.ran=1>",
    "\"'><b id=ran>{name}",
    "\u202eevil\u202c",
]
RENAME = (
    "mutation Rename($input: RenameSubscriptionInput!) { renameSubscription(input: $input) { userErrors { code } } }"
)


async def nothing_ran(page: Page) -> None:
    assert await page.evaluate("[globalThis.ran, document.querySelector('#ran, main img')]") == [None, None]


@pytest.mark.parametrize("probe", PROBES)
async def test_markup_is_shown_as_the_text_it_is(visit: Visit, running: Running, probe: str) -> None:
    path = subscription(running, "A-1016")
    given = {"subscriptionId": path.rpartition("/")[2], "displayName": probe, "idempotencyKey": f"probe {probe}"}
    refused = ask(running, RENAME, {"input": given})["renameSubscription"]["userErrors"]
    name = probe if refused == [] else None

    page = await visit(path)
    heading = page.get_by_role("heading", level=1)
    await expect(heading).to_have_text(name or re.compile(r"\S"))
    await nothing_ran(page)
    await page.locator("#register").click()
    await page.locator("dialog").get_by_label("Licence key").fill(probe)
    await page.locator("dialog [type=submit]").click()
    await expect(page.locator('dialog [data-field="key"] .user-error')).to_have_count(1)
    await nothing_ran(page)

    parameters = "&".join(f"{name}={quote(probe)}" for name in ("search", "order", "display"))
    await page.goto(f"{company(running)}/subscriptions?{parameters}")
    await expect(page.get_by_role("searchbox")).to_have_value(probe)
    await expect(page.locator("main[aria-busy]")).to_have_count(0)
    await nothing_ran(page)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:globalThis.ran=1"]
)
async def test_signing_in_leads_to_this_page_only(visit: Visit, running: Running, elsewhere: str) -> None:
    page = await visit(f"/sign-in?next={quote(elsewhere, safe='')}", person=None)

    await page.get_by_role("button", name="Nadia Exemple").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Atelier Exemple")

    assert page.url.startswith(running.origin)
    await nothing_ran(page)


async def test_no_whole_key_is_anywhere_before_it_is_asked_for(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1013"))

    await expect(page.locator(".key-text").first).to_contain_text("*****")
    kept = await page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, history.state])")

    assert WHOLE_KEY.search(await held(page)) is None
    assert WHOLE_KEY.search(kept) is None
    assert "licet.token" in kept
    assert sign_in(running, "nadia").partition(".")[0] not in await held(page)


async def test_a_session_that_ended_is_told_whatever_is_pressed(visit: Visit, running: Running) -> None:
    over = '{"errors": [{"message": "Over.", "extensions": {"code": "UNAUTHENTICATED"}}]}'
    pressed = {
        "A-1013": ["#renewal", "dialog [type=submit]"],
        "A-1002": [".key [aria-label='Show the whole key'] >> nth=0"],
        "A-1020": [".device-area summary >> nth=0", "button:has-text('Deactivate') >> nth=0"],
    }

    for number, controls in pressed.items():
        page = await visit(subscription(running, number))
        name = await page.get_by_role("heading", level=1).inner_text()
        await page.route("**/graphql", functools.partial(Route.fulfill, content_type="application/json", body=over))
        for control in controls:
            await page.locator(control).click()
        await expect(page.get_by_text("Your session has ended")).to_be_visible()
        assert await page.locator("dialog, .toast, [role=alert]").count() == 0
        assert await page.evaluate("sessionStorage.getItem('licet.token')") is None
        await page.unroute("**/graphql")
        await page.get_by_role("button", name="Nadia Exemple").click()

        await expect(page.get_by_role("heading", level=1)).to_have_text(name)
        if number == "A-1013":
            await expect(page.get_by_role("switch")).to_be_checked()


async def test_going_back_shows_nobody_what_another_saw(visit: Visit, running: Running) -> None:
    page = await visit("/sign-in", person=None)
    await page.get_by_role("button", name="Nadia Exemple").click()
    await page.get_by_role("link", name="Members").click()
    await expect(page.locator(".members li").first).to_be_visible()

    await page.get_by_role("button", name="Nadia Exemple").click()
    await page.get_by_role("link", name="Sign out").click()
    await page.get_by_role("button", name="Zoë D’Esempio").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Esempio & Daughters")
    await page.go_back()

    await expect(page.get_by_role("heading", level=1)).to_have_text("This account is not there")


async def test_a_session_that_ended_leads_back_to_its_view(visit: Visit, running: Running) -> None:
    page = await visit(f"{company(running)}/subscriptions")
    await expect(page.locator("tbody tr").first).to_be_visible()

    # The browser itself writes the refused request to its console: its answer stays a plain one here.
    over = '{"errors": [{"message": "Over.", "extensions": {"code": "UNAUTHENTICATED"}}]}'
    await page.route("**/graphql", lambda route: route.fulfill(content_type="application/json", body=over))
    await page.get_by_role("link", name="Members").click()
    await expect(page.get_by_text("Your session has ended")).to_be_visible()
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Nadia Exemple").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Members")
