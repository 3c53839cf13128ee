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

REFUSED_CASES = [
    pytest.param(mutation, code, case, id=f"{mutation}-{code}-{case.__name__}")
    for (mutation, code), cases in CASES.items()
    if code is not None
    for case in cases
]
SUCCESSFUL_CASES = [
    pytest.param(mutation, case, id=f"{mutation}-{case.__name__}")
    for (mutation, code), cases in CASES.items()
    if code is None
    for case in cases
]
# One for each mutation.
ONE_CASE_PER_MUTATION = [
    pytest.param(mutation, cases[0], id=mutation) for (mutation, code), cases in CASES.items() if code is None
]
