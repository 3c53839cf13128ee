"""Takes the README's pictures of the page, in both themes: `python -m tests.console.screenshots`."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, async_playwright

from tests.console.conftest import CHROMIUM, Theme, company, sign_in, subscription
from tests.processes import Running, demo

PICTURES = Path(__file__).with_name("screenshots")
THEMES: tuple[Theme, ...] = ("light", "dark")
QUALITY = 72  # of a JPEG: text stays sharp, and a picture under 100 kB


async def take(browser: Browser, running: Running, name: str, path: str, theme: Theme) -> None:
    context = await browser.new_context(
        base_url=running.origin,
        viewport={"width": 1280, "height": 800},
        color_scheme=theme,
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.add_init_script(f"sessionStorage.setItem('licet.token', '{sign_in(running, 'nadia')}')")
    await page.goto(path)
    await page.wait_for_selector("main:not([aria-busy]) h1")
    await page.evaluate("document.fonts.ready")
    await page.screenshot(path=PICTURES / f"{name}-{theme}.jpg", type="jpeg", quality=QUALITY)
    await context.close()


async def main(running: Running) -> None:
    account = company(running)
    paths = {
        "overview": account,
        "subscriptions": f"{account}/subscriptions?display=ALL",
        "subscription": subscription(running, "A-1002"),
    }
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, path in paths.items():
            for theme in THEMES:
                await take(browser, running, name, path, theme)


if __name__ == "__main__":
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    with TemporaryDirectory() as directory, demo(Path(directory) / "demo") as running:
        asyncio.run(main(running))
