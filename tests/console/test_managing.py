"""What an admin does in the page with keys, devices, people and payment methods; how each is refused."""

import re

from playwright.async_api import expect

from tests.console.conftest import Visit, company, held, subscription
from tests.processes import Running

WHOLE = re.compile(r"^[A-Z1-9]{5}(-[A-Z1-9]{5}){4}$")


async def test_a_key_is_shown_whole_only_when_asked_for_and_hidden_again(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1002"), permissions=["clipboard-read", "clipboard-write"])
    key = page.locator(".key", has=page.get_by_role("heading", name="Maquettes", exact=True))
    masked = await key.locator("code").inner_text()
    assert masked.startswith("*****-")

    await key.get_by_role("button", name="Show the whole key").click()
    await expect(key.locator("code")).to_have_text(WHOLE)
    whole = await key.locator("code").inner_text()
    await key.get_by_role("button", name="Copy the whole key").click()
    await expect(page.get_by_text("The key is copied.")).to_be_visible()
    await key.get_by_role("button", name="Hide the key").click()

    await expect(key.locator("code")).to_have_text(masked)
    assert whole.endswith(masked[-5:])
    assert await page.evaluate("navigator.clipboard.readText()") == whole
    assert whole not in await held(page)


async def test_a_key_is_split_off_named_resized_replaced_and_given_up(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1002"), width=360, permissions=["clipboard-read", "clipboard-write"])
    dialog = page.locator("dialog")
    key = page.locator(".key", has=page.get_by_role("heading", name="Vitrine", exact=True))

    await page.get_by_role("button", name="Split off a key").click()
    await dialog.get_by_label("Name").fill("Vitrine")
    await dialog.get_by_label("Licences", exact=True).fill("99")
    await dialog.locator("[type=submit]").click()
    await expect(dialog.locator('[data-field="quota"] .user-error')).to_have_count(1)
    await dialog.get_by_label("Licences", exact=True).fill("2")
    await dialog.locator("[type=submit]").click()
    await expect(dialog.locator("code")).to_have_text(WHOLE)
    first = await dialog.locator("code").inner_text()
    await dialog.get_by_role("button", name="Copy the whole key").click()
    # Above the dialog, which is above everything else.
    await expect(page.locator(".toasts:popover-open")).to_contain_text("The key is copied.")
    await dialog.locator(".actions button").click()
    await expect(key).to_contain_text("2 licences reserved")

    await key.get_by_role("button", name="Change licences").click()
    await dialog.get_by_label("Shared").check()
    await dialog.get_by_label("Licences", exact=True).fill("3")
    await dialog.locator("[type=submit]").click()
    await expect(key).to_contain_text("up to 3 licences from the pool")

    await key.get_by_role("button", name="Replace").click()
    await dialog.locator("[type=submit]").click()
    await expect(dialog.locator("code")).to_have_text(WHOLE)
    assert await dialog.locator("code").inner_text() != first
    await dialog.locator(".actions button").click()

    await key.get_by_role("button", name="Rename").click()
    await dialog.get_by_label("Name").fill("Vitrine, Lyon")
    await dialog.locator("[type=submit]").click()
    renamed = page.locator(".key", has=page.get_by_role("heading", name="Vitrine, Lyon", exact=True))
    await renamed.get_by_role("button", name="Delete").click()
    await dialog.locator("[type=submit]").click()

    await expect(page.get_by_text("The key is deleted.")).to_be_visible()
    await expect(renamed).to_have_count(0)


async def test_a_device_gives_its_licence_back_is_blocked_and_let_in_again(visit: Visit, running: Running) -> None:
    page = await visit(subscription(running, "A-1020"))
    devices = page.locator(".key").first.locator(".device-area")
    device = devices.locator("li").first
    before = await page.locator(".seat-words").inner_text()

    await devices.locator("summary").click()
    await device.get_by_role("button", name="Deactivate").click()
    await expect(page.get_by_text("The device gave its licence back.")).to_be_visible()
    # The page is drawn anew, with its lists closed, once the change has been read: only then is opening one of use.
    await expect(device.locator(".chip")).to_have_text("Deactivated")
    await devices.locator("summary").click()
    after = await page.locator(".seat-words").inner_text()
    await device.get_by_role("button", name="Block").click()
    await expect(page.get_by_text("The device is blocked in this subscription.")).to_be_visible()
    await expect(device.locator(".chip")).to_have_text("Blocked")
    await devices.locator("summary").click()
    await device.get_by_role("button", name="Let in again").click()

    await expect(page.get_by_text("The device may be activated again.")).to_be_visible()
    assert int(after.split()[0]) == int(before.split()[0]) - 1


async def test_people_are_invited_each_with_an_answer_of_their_own(visit: Visit, running: Running) -> None:
    page = await visit(f"{company(running)}/members")
    dialog = page.locator("dialog")
    row = page.locator(".members li", has_text="ines@example.com")

    await page.get_by_role("button", name="Invite people").click()
    await dialog.get_by_label("E-mail addresses").fill("ines@example.com, nobody, tomas@example.com")
    await dialog.locator("[type=submit]").click()
    await expect(page.get_by_text("1 person is invited.")).to_be_visible()
    await expect(dialog.locator(".user-error")).to_have_count(2)
    await expect(dialog.get_by_label("E-mail addresses")).to_have_value("nobody\ntomas@example.com")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(row).to_contain_text("Invited")
    await row.get_by_role("button", name="Withdraw the invitation").click()

    await expect(row).to_have_count(0)


async def test_an_admin_does_not_remove_themselves_by_accident(visit: Visit, running: Running) -> None:
    page = await visit(f"{company(running)}/members")

    await page.locator(".members li", has_text="nadia@example.com").get_by_role("button", name="Remove").click()
    await expect(page.locator("dialog")).to_contain_text("They can be invited again")
    await page.locator("dialog [type=submit]").click()

    await expect(page.locator("dialog .user-error")).to_have_count(1)


async def test_an_invitation_is_accepted_where_accounts_are_switched(visit: Visit) -> None:
    page = await visit("/", person="amara")

    await page.get_by_role("button", name="Switch account: Amara Mfano, 1 invitation").click()
    await page.locator(".menu-row", has_text="Atelier Exemple").get_by_role("button", name="Accept").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Atelier Exemple")


async def test_a_payment_method_is_added_made_the_default_and_removed(visit: Visit, running: Running) -> None:
    page = await visit(f"{company(running)}/billing", width=360)
    dialog = page.locator("dialog")
    row = page.locator(".method", has_text="Mastercard •••• 4444").last

    await page.get_by_role("button", name="Add a payment method").click()
    await dialog.get_by_label("Token").fill("4242 4242 4242 4242")
    await dialog.locator("[type=submit]").click()
    await expect(dialog.locator('[data-field="token"] .user-error')).to_have_count(1)
    await dialog.get_by_label("Token").fill("tok_mastercard")
    await dialog.locator("[type=submit]").click()
    await expect(page.get_by_text("The payment method is added.")).to_be_visible()
    await expect(row).to_contain_text("Nadia Exemple")
    await row.get_by_role("button", name="Make default").click()
    first = page.locator(".method").first
    await expect(first).to_contain_text("Mastercard")
    await first.get_by_role("button", name="Remove").click()
    await dialog.locator("[type=submit]").click()

    await expect(page.get_by_text("The payment method is removed.")).to_be_visible()
