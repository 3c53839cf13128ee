"""How the page is made: for every reader, at every width, in both languages, and when something does not work."""

import re
from urllib.parse import quote

import pytest
from playwright.async_api import Page, Route, expect

from tests.console.conftest import Theme, Visit, company, subscription
from tests.processes import Running

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
HEAVIEST = 60_000  # bytes over the wire until the first view is there


async def arrived(page: Page) -> None:
    await expect(page.locator("main h1").first).to_be_attached()
    await expect(page.locator("main[aria-busy]")).to_have_count(0)


def views(running: Running) -> list[str]:
    account = company(running)
    tabs = [account, *(f"{account}/{tab}" for tab in ("subscriptions", "billing", "members", "activity"))]
    return [*tabs, subscription(running, "A-1013"), f"{account}/nowhere"]


def dialogs(running: Running) -> dict[str, list[str]]:
    """By the view that they are opened in, what opens them."""
    key = [f".key [id^={change}-]" for change in ("rename", "seats", "replace", "delete")]
    return {
        f"{company(running)}/billing": ["#method", "[id^=removePaymentMethod-]"],
        f"{company(running)}/members": ["#invite", "[id^=removeMember-]"],
        subscription(running, "A-1002"): ["#split", *key],
        subscription(running, "A-1013"): ["#register", "#rename", "#renewal", "#payment"],
    }


async def violations(page: Page, axe: str, within: str = "html") -> list[str]:
    # Evaluated by the browser's own debugger, which no policy of the page stands against.
    await page.evaluate(axe + "; undefined")
    found = await page.evaluate("place => axe.run(place, { resultTypes: ['violations'] })", within)
    return [f"{page.url} {one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


@THEMES
async def test_axe_finds_nothing_in_any_view_or_dialog(visit: Visit, running: Running, axe: str, theme: Theme) -> None:
    page = await visit("/sign-in", theme=theme)
    await expect(page.locator(".people")).to_be_visible()
    await page.locator("summary").click()
    found = await violations(page, axe)

    for path in views(running):
        await page.goto(path)
        await arrived(page)
        found += await violations(page, axe)
    for path, openers in dialogs(running).items():
        await page.goto(path)
        for opener in openers:
            await page.locator(opener).last.click()
            await expect(page.locator("dialog")).to_be_visible()
            found += await violations(page, axe, "dialog")
            await page.keyboard.press("Escape")
    await page.locator(".pill").click()
    found += await violations(page, axe)

    assert found == []


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
async def test_nothing_is_wider_than_the_window(visit: Visit, running: Running, locale: str) -> None:
    page = await visit(company(running), locale=locale)
    wide: list[str] = []

    for path in views(running):
        await page.goto(path)
        await arrived(page)
        for width in (320, 768, 1920):
            await page.set_viewport_size({"width": width, "height": 800})
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{path} at {width}")

    assert wide == []


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
async def test_no_dialog_is_wider_than_a_small_phone(visit: Visit, running: Running, locale: str) -> None:
    page = await visit(company(running), locale=locale, width=320)
    wide: list[str] = []

    for path, openers in dialogs(running).items():
        await page.goto(path)
        await arrived(page)
        for opener in openers:
            await page.locator(opener).last.click()
            await expect(page.locator("dialog")).to_be_visible()
            if await page.locator("dialog").evaluate("it => it.scrollWidth > it.clientWidth"):
                wide.append(opener)
            await page.keyboard.press("Escape")

    assert wide == []


async def test_a_view_that_is_waited_for_is_seen_from_its_top(visit: Visit, running: Running) -> None:
    page = await visit(f"{company(running)}/subscriptions?display=ALL")
    await expect(page.locator("tbody tr")).to_have_count(20)
    await page.evaluate("scrollTo(0, 300)")

    await page.route("**/graphql", lambda _: None)
    await page.locator("tbody a").nth(8).click()
    await expect(page.locator(".skeleton")).to_be_attached()

    assert await page.evaluate("scrollY") == 0


async def test_back_shows_what_was_there_at_once_and_where_it_was(visit: Visit, running: Running) -> None:
    page = await visit(f"{company(running)}/subscriptions?display=ALL")
    await expect(page.locator("tbody tr")).to_have_count(20)
    await page.evaluate("scrollTo(0, 300)")
    await page.locator("tbody a").nth(8).click()
    await expect(page.locator("dl.facts")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    await page.go_back()
    await expect(page.locator("tbody tr").first).to_be_visible()

    assert await page.evaluate("scrollY") > 0
    # The icon comes from what the browser keeps.
    assert [url for url in asked if url.endswith("/graphql")] == []


async def test_every_view_has_an_address_that_can_be_loaded_again(visit: Visit, running: Running) -> None:
    page = await visit(company(running))

    for path in views(running):
        await page.goto(path)
        await arrived(page)
        before = await page.locator("main h1").first.inner_text()
        await page.reload()
        await arrived(page)
        assert await page.locator("main h1").first.inner_text() == before


async def test_a_key_is_registered_with_the_keyboard_alone(visit: Visit, running: Running) -> None:
    page = await visit(company(running))
    await arrived(page)

    await page.locator("#register").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog").get_by_label("Licence key")).to_be_focused()
    await page.keyboard.type("nothing like a key")
    await page.keyboard.press("Enter")
    await expect(page.locator('dialog [data-field="key"] .user-error')).to_have_count(1)
    await page.keyboard.press("Escape")

    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.locator("#register")).to_be_focused()


async def test_it_speaks_french_and_writes_money_as_the_french_do(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1013"), locale="fr-FR")

    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await expect(page.get_by_role("heading", name="Clés de licence")).to_be_visible()
    assert re.search(r"\d,\d\d\s€", await page.locator(".orders .amount").first.inner_text())


async def test_after_a_fault_one_can_try_again(visit: Visit, running: Running) -> None:
    page = await visit(company(running))
    await arrived(page)
    fault = '{"errors": [{"message": "Try later.", "extensions": {"code": "INTERNAL", "requestId": "r-1"}}]}'

    async def answered(route: Route) -> None:
        await route.fulfill(status=200, content_type="application/json", body=fault)

    await page.route("**/graphql", answered)
    await page.get_by_role("link", name="Members").click()
    await expect(page.get_by_role("alert")).to_contain_text("r-1")
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Try again").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Members")


async def test_a_lost_connection_is_said_until_it_is_back(visit: Visit, running: Running) -> None:
    page = await visit(company(running))
    await arrived(page)

    await page.evaluate("dispatchEvent(new Event('offline'))")
    await expect(page.locator(".offline")).to_contain_text("No connection")
    await page.evaluate("dispatchEvent(new Event('online'))")

    await expect(page.locator(".offline")).to_be_empty()


@pytest.mark.parametrize("part", ["%E0", "%ED%A0%80", "acc_1/subscriptions/%C3"])
async def test_an_address_that_is_no_text_leads_nowhere_and_says_so(visit: Visit, part: str) -> None:
    page = await visit(f"/accounts/{part}")

    await expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is here")
    await page.get_by_role("link", name="To the overview").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Atelier Exemple")


async def test_a_page_that_is_asked_for_twice_comes_once(visit: Visit, running: Running) -> None:
    twice = "it => { it.click(); it.click(); }"
    asked: list[str] = []

    page = await visit(f"{company(running)}/billing")
    await expect(page.locator(".orders > li")).to_have_count(20)
    page.on("request", lambda request: asked.append(request.url))
    await page.get_by_role("button", name="Show more").evaluate(f"it => {{ it.focus(); ({twice})(it); }}")
    await expect(page.locator(".orders > li").nth(20)).to_be_focused()
    await expect(page.locator(".more p")).to_contain_text("40 of ")
    assert len(asked) == 1

    await page.goto(subscription(running, "A-1002"))
    devices = page.locator(".device-area").first
    await devices.locator("summary").click()
    asked.clear()
    await devices.get_by_role("button", name="Show more").evaluate(twice)
    await expect(devices.locator(".more p")).to_have_text("16 of 16 shown")
    await expect(devices.locator(".devices > li")).to_have_count(16)
    assert len(asked) == 1


async def test_a_dialog_goes_with_the_view_it_was_opened_in(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1013"))
    dialog = page.locator("dialog")

    await page.locator("#payment").click()
    await dialog.get_by_role("link", name="Manage payment methods").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Billing")
    await expect(dialog).to_have_count(0)

    await page.locator("#method").click()
    await expect(dialog).to_be_visible()
    await page.go_back()
    await expect(page.locator(".facts")).to_be_visible()
    await expect(dialog).to_have_count(0)


async def test_a_part_of_the_page_that_does_not_come_is_told(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1013"))
    gone = "export default"  # what does not parse fails as what is not there, and without a line in the browser's log

    await page.route("**/set-auto-renewal.js", lambda route: route.fulfill(content_type="text/javascript", body=gone))
    await page.locator("#renewal").click()

    await expect(page.locator(".toast")).to_contain_text("did not come")


async def test_the_drawer_shows_what_the_view_asked_and_what_it_took(visit: Visit, running: Running) -> None:
    page = await visit(company(running))
    await arrived(page)

    await page.locator(".pill").click()
    drawer = page.locator("#query")

    await expect(drawer.locator("summary").first).to_have_text(
        re.compile(r"^Overview[\d.]+ kB · \d+ ms · 1 SQL statement$")
    )
    await expect(drawer.locator("pre").first).to_contain_text("query Overview($account: ID!)")
    await expect(drawer.locator("pre").nth(1)).to_contain_text('"account"')
    link = await drawer.get_by_role("link").first.get_attribute("href")
    assert link is not None
    assert link.startswith(f"/graphql#query={quote('query')}+Overview")


async def test_whether_a_query_was_copied_is_told(visit: Visit, running: Running) -> None:
    page = await visit(company(running), permissions=["clipboard-read", "clipboard-write"])
    await arrived(page)
    await page.locator(".pill").click()
    copy = page.locator("#query").get_by_role("button", name="Copy")

    await copy.first.click()
    await expect(page.locator(".toast")).to_have_text("Copied.")
    assert (await page.evaluate("navigator.clipboard.readText()")).startswith("query Overview(")
    await page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('Not here.')); }")
    await copy.first.click()

    await expect(page.locator(".toast").last).to_contain_text("does not let the page copy")


async def test_the_first_view_is_light(visit: Visit, running: Running) -> None:
    page = await visit("/sign-in", person="nadia")
    tapped = await page.context.new_cdp_session(page)
    sizes: list[int] = []
    await tapped.send("Network.enable")
    await tapped.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await tapped.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tapped.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    await page.goto(company(running))
    await expect(page.locator(".boxes, .box").first).to_be_visible()
    drawn = await page.evaluate("performance.now()")
    print(f"first view: {sum(sizes):.0f} bytes, there after {drawn:.0f} ms on a CPU slowed four times")

    assert 10_000 < sum(sizes) <= HEAVIEST
