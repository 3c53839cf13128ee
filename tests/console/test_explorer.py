"""The explorer's editor comes from elsewhere: what its page pins is what npm has published."""

from pathlib import Path

from tests.console.integrity import PAGE, elsewhere, hashed


def test_the_hashes_in_the_page_are_those_of_what_npm_has_published(published: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert hashed(page, published) == page
    assert len(list(elsewhere(page, published))) == 4
