"""Licence keys as text: five groups of five characters, the last one a check character."""

import re
import unicodedata
from random import Random
from secrets import SystemRandom

# No 0, O, I, L, U: what a person reads aloud or off paper must not be two characters. 31 of them, which is prime.
ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, GROUP_LENGTH = 5, 5
LENGTH = GROUPS * GROUP_LENGTH
TAIL_LENGTH = GROUP_LENGTH
_SEPARATORS = re.compile(r"[\s\-\u00ad\u200b\u2010-\u2015\u2060\u2212\ufe58\ufe63\uff0d\ufeff]+")


def normalize(text: str) -> str:
    """The canonical form: NFKC, upper case, without dashes and spaces of any kind."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


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
