"""Licence keys as text: five groups of five characters, the last one a check character."""

import unicodedata
from random import Random
from secrets import SystemRandom

# No 0, O, I, L, U: what a person reads aloud or off paper must not be two characters. 31 of them, which is prime.
ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP_LENGTH = 5, 5
LENGTH = GROUPS * GROUP_LENGTH
TAIL_LENGTH = GROUP_LENGTH
# Unicode's dashes, and what shows nothing: soft hyphens, spaces without a width.
_SEPARATING = {"Pd", "Cf"}
_MINUS = "\u2212"


def normalize(text: str) -> str:
    """The canonical form: NFKC, upper case, without dashes and spaces of any kind."""
    return "".join(each for each in unicodedata.normalize("NFKC", text) if not _separates(each)).upper()


def _separates(character: str) -> bool:
    return character.isspace() or character == _MINUS or unicodedata.category(character) in _SEPARATING


def is_well_formed(key: str) -> bool:
    """Whether a canonical key has the length, the alphabet and the check character of a key."""
    return len(key) == LENGTH and set(key) <= set(ALPHABET) and check_character(key[:-1]) == key[-1]


def check_character(body: str) -> str:
    """Weighted sum modulo 31: finds every single wrong character and every swap of neighbours, because 31 is prime
    and neither a weight nor the difference of two neighbouring weights is a multiple of it.
    """
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(body, 1))
    return ALPHABET[total % len(ALPHABET)]


def generate(random: Random | SystemRandom | None = None) -> str:
    """A new canonical key with 118 bits of chance. `random` is given where rows must be the same each time."""
    body = "".join((random or SystemRandom()).choices(ALPHABET, k=LENGTH - 1))
    return body + check_character(body)


def display(key: str) -> str:
    """A canonical key in groups: XXXXX-XXXXX-XXXXX-XXXXX-XXXXX."""
    return "-".join(key[start : start + GROUP_LENGTH] for start in range(0, len(key), GROUP_LENGTH))


def tail(key: str) -> str:
    """The last characters: all that is ever shown without a reveal."""
    return key[-TAIL_LENGTH:]
