"""All cases: the modules that note some are named here."""

import pytest

from tests.mutations import (
    activation_cases,
    license_key_cases,
    member_cases,
    payment_method_cases,
    store_cases,
    sublicense_cases,
    subscription_cases,
)
from tests.mutations.scenario import CASES as CASES  # noqa: PLC0414 - complete only once the modules were imported

MODULES = (
    activation_cases,
    license_key_cases,
    member_cases,
    payment_method_cases,
    store_cases,
    sublicense_cases,
    subscription_cases,
)

REFUSED = [
    pytest.param(mutation, code, made, id=f"{mutation}-{code}-{made.__name__}")
    for (mutation, code), cases in CASES.items()
    if code is not None
    for made in cases
]
CHANGED = [
    pytest.param(mutation, made, id=f"{mutation}-{made.__name__}")
    for (mutation, code), cases in CASES.items()
    if code is None
    for made in cases
]
# One for each mutation.
FIRST = [pytest.param(mutation, cases[0], id=mutation) for (mutation, code), cases in CASES.items() if code is None]
