"""A key is what its letters and digits are, whatever stands between them."""

import sys
import unicodedata

import pytest

from db.license_key_custody import key_format

KEY = key_format.generate()
DASHES = [each for each in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(each) == "Pd"]
SPACES = [each for each in map(chr, range(sys.maxunicode + 1)) if each.isspace()]


@pytest.mark.parametrize(
    "separators",
    [DASHES, SPACES, ["\N{MINUS SIGN}", "\N{SOFT HYPHEN}", "\N{ZERO WIDTH SPACE}", "\N{WORD JOINER}", "\ufeff", " - "]],
    ids=["dashes", "spaces", "others"],
)
def test_whatever_separates_the_groups_of_a_key_is_dropped(separators: list[str]) -> None:
    typed = {separator: key_format.display(KEY).lower().replace("-", separator) for separator in separators}

    assert {separator for separator, text in typed.items() if key_format.normalize(text) != KEY} == set()


@pytest.mark.parametrize("character", ["_", ".", "/", "~", "·", "+", "0", "é"])
def test_what_is_neither_a_dash_nor_a_space_stays(character: str) -> None:
    typed = key_format.display(KEY).replace("-", character, 1)

    assert not key_format.is_well_formed(key_format.normalize(typed))
