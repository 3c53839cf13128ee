"""The path through the page, from signing in to a change and what stands against one, on a phone and on a desk."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.console.conftest import Visit, company, held, subscription
from tests.processes import Running

WIDTHS = pytest.mark.parametrize("width", [360, 1280])


async def open_dialog(page: Page, opener: str) -> None:
    await page.locator(opener).click()
    await expect(page.locator("dialog")).to_be_visible()


@WIDTHS
async def test_from_signing_in_to_a_subscription(visit: Visit, width: int) -> None:
    page = await visit("/", person=None, width=width)

    await page.get_by_role("button", name="Nadia Exemple").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Atelier Exemple")
    box = page.locator(".box", has=page.get_by_role("link", name="Tandemoor Desktop Business", exact=True))
    await expect(box).to_contain_text("8 active subscriptions")
    await expect(box).to_contain_text("2 expiring soon")
    await expect(box).to_contain_text("89 of 111 licences used")

    await box.get_by_role("link").click()
    await expect(page.locator(".total")).to_have_text("8 subscriptions")
    await page.get_by_role("link", name="Paris, conception").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Paris, conception")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page.locator(".facts")).to_contain_text("Renews")
    await expect(page.get_by_role("switch", name="Auto-renewal")).to_be_checked()
    await expect(page.locator(".seat-words")).to_contain_text("20 of 25 licences in use")
    await expect(page.locator(".keys h3")).to_have_text(["Primary key", "Maquettes", "Relecture"])
    await expect(page.locator(".method")).to_contain_text("Visa •••• 4242")
    await expect(page.locator(".orders .amount").last).to_have_text("€2,578.00")


@WIDTHS
async def test_the_list_is_filtered_ordered_searched_and_continued(visit: Visit, running: Running, width: int) -> None:
    page = await visit(f"{company(running)}/subscriptions?display=ALL", width=width)

    await expect(page.locator("tbody tr")).to_have_count(20)
    for shown in (40, 44):
        await page.locator(".more").scroll_into_view_if_needed()
        await expect(page.locator(".more p")).to_have_text(f"{shown} of 44 shown")

    await page.get_by_role("link", name="Expiring soon", exact=True).click()
    await expect(page.locator(".total")).to_have_text("6 subscriptions")
    await page.get_by_role("link", name="Expired", exact=True).click()
    await expect(page.locator("tbody .chip").first).to_have_text("Expired")
    await page.get_by_role("link", name="All", exact=True).click()
    await page.get_by_label("Order").select_option("By licences")
    await page.get_by_role("button", name="Ascending: turn around").click()
    await expect(page.locator("tbody tr").first).to_contain_text("Tout l’atelier")

    await page.get_by_role("searchbox").fill("québec")
    await expect(page.locator(".total")).to_have_text("1 subscription")
    await expect(page.locator("tbody")).to_contain_text("Québec, service à la clientèle")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    assert re.search(r"display=ALL&order=LICENSE_COUNT&direction=DESC&search=qu%C3%A9bec$", page.url)

    await page.get_by_role("searchbox").fill("nothing like it")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()


@WIDTHS
async def test_switching_renewal_off_says_first_what_it_means(visit: Visit, running: Running, width: int) -> None:
    path = subscription(running, "A-1035" if width == 360 else "A-1013")
    page = await visit(path, width=width)

    await open_dialog(page, "#renewal")
    await expect(page.locator("dialog")).to_contain_text("Its products work until")
    await expect(page.locator("dialog")).to_contain_text("There is no grace period afterwards")
    await page.locator("dialog").get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("switch")).to_be_checked()
    await expect(page.get_by_role("switch")).to_be_focused()

    await open_dialog(page, "#renewal")
    await page.locator("dialog [type=submit]").click()
    await expect(page.get_by_role("switch")).not_to_be_checked()
    await expect(page.get_by_role("switch")).to_be_focused()
    await expect(page.locator(".facts")).to_contain_text("Expires")

    await open_dialog(page, "#renewal")
    await page.locator("dialog").get_by_label("PayPal").check()
    await page.locator("dialog [type=submit]").click()
    await expect(page.get_by_role("switch")).to_be_checked()
    await expect(page.locator(".method")).to_contain_text("PayPal")


@WIDTHS
async def test_a_grace_period_is_not_lost_by_accident(visit: Visit, running: Running, width: int) -> None:
    path = subscription(running, "A-1008" if width == 360 else "A-1009")
    page = await visit(path, width=width)

    await open_dialog(page, "#renewal")
    await expect(page.locator("dialog")).to_contain_text("This ends the subscription at once")
    await page.locator("dialog [type=submit]").click()
    refusal = page.locator('dialog [data-field="confirmGraceLoss"] .user-error')
    await expect(refusal).to_contain_text("grace")
    await expect(page.get_by_role("checkbox")).to_be_focused()

    await page.get_by_role("checkbox").check()
    await page.locator("dialog [type=submit]").click()
    await expect(page.locator(".subtitle .chip")).to_have_text("Expired")
    await expect(page.locator("#renewal")).to_have_count(0)


@WIDTHS
async def test_a_key_is_registered_from_anywhere_and_refusals_stand_at_it(
    visit: Visit, running: Running, width: int
) -> None:
    key = running.keys()[1]
    page = await visit(f"{company(running)}/members", width=width)
    typed = page.locator("dialog").get_by_label("Licence key")
    refusal = page.locator('dialog [data-field="key"] .user-error')

    await open_dialog(page, "#register")
    await expect(typed).to_be_focused()
    await typed.fill(key[:-1] + ("A" if key[-1] != "A" else "B"))
    await page.locator("dialog [type=submit]").click()
    await expect(refusal).to_have_count(1)
    await expect(typed).to_have_attribute("aria-invalid", "true")

    await typed.fill(key.replace("-", " ").lower())
    await page.locator("dialog [type=submit]").click()
    if width == 360:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tandemoor Desktop Business")
        await expect(page.locator(".subtitle .chip")).to_have_text("Active")
    else:
        await expect(refusal).to_contain_text("already")
        await page.locator("dialog").get_by_role("link", name="Open Tandemoor Desktop Business").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Tandemoor Desktop Business")
    await expect(page.locator("dialog")).to_have_count(0)
    assert key not in await held(page)


async def test_a_subscription_is_renamed_and_an_empty_name_refused(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1042"))

    await open_dialog(page, "#rename")
    await page.get_by_label("Name", exact=True).fill(" ")
    await page.keyboard.press("Enter")
    await expect(page.locator('[data-field="displayName"] .user-error')).to_contain_text("1 to 100 characters")
    await page.get_by_label("Name", exact=True).fill("Assistance, jour et nuit")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Assistance, jour et nuit")
    await expect(page.locator("#rename")).to_be_focused()
    await page.goto(f"{company(running)}/activity")

    await expect(page.locator(".events li").first).to_contain_text("Subscription renamed")


async def test_the_next_renewal_is_charged_to_something_else(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1016"))

    await open_dialog(page, "#payment")
    await page.locator("dialog").get_by_label("Wire transfer").check()
    await page.locator("dialog [type=submit]").click()
    await expect(page.locator('[data-field="paymentMethodId"] .user-error')).to_have_count(1)
    await page.locator("dialog").get_by_label("Direct debit").check()
    await page.locator("dialog [type=submit]").click()

    await expect(page.locator(".method")).to_contain_text("Direct debit •••• 0189")


async def test_one_switches_between_accounts_and_a_member_sees_what_members_see(visit: Visit, running: Running) -> None:
    page = await visit(company(running))

    await page.get_by_role("button", name="Switch account").click()
    await page.get_by_role("link", name=re.compile("Beispielverlag")).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Beispielverlag Öström")

    tabs = page.get_by_role("navigation", name="Account").get_by_role("link")
    await expect(tabs).to_have_text(["Overview", "Subscriptions"])
    await page.goto(f"{company(running, 'Beispielverlag Öström')}/billing")
    await expect(page.get_by_role("heading", level=1)).to_have_text("For admins only")


async def test_admins_see_members_orders_and_what_was_done(visit: Visit, running: Running) -> None:
    page = await visit(f"{company(running)}/members", person="tomas")

    await expect(page.locator(".members li")).to_contain_text(["Nadia Exemple"])
    await page.get_by_role("link", name="Billing").click()
    await expect(page.locator(".orders > li")).to_have_count(20)
    await page.get_by_role("button", name="Show more").click()
    await expect(page.locator(".orders > li")).to_have_count(40)
    await page.get_by_role("link", name="Activity").click()

    await expect(page.locator(".events li").first).to_be_visible()


async def test_a_token_signs_in_where_there_is_no_demo_to_choose_from(visit: Visit, running: Running) -> None:
    page = await visit("/sign-in", person=None)

    await page.get_by_text("Use a token").click()
    await page.get_by_label("Bearer token").fill(running.token())
    await page.locator("form [type=submit]").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Atelier Exemple")


async def test_a_token_that_comes_in_the_address_leaves_it_and_waits_for_consent(
    visit: Visit, running: Running
) -> None:
    page = await visit(f"/sign-in?next={company(running)}/members#access_token={running.token()}", person=None)

    await expect(page.get_by_role("button", name="Continue as Nadia Exemple")).to_be_visible()
    assert "access_token" not in page.url
    await page.get_by_role("button", name="Continue as Nadia Exemple").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Members")


async def test_signing_out_forgets_the_token(visit: Visit, running: Running) -> None:
    page = await visit("/sign-in", person=None)
    await page.get_by_role("button", name="Zoë D’Esempio").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Esempio & Daughters")

    await page.get_by_role("button", name="Zoë D’Esempio").click()
    await page.get_by_role("link", name="Sign out").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")

    assert await page.evaluate("sessionStorage.getItem('licet.token')") is None
