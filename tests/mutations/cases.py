"""All cases, merged from the registries of the modules named here."""

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
from tests.mutations.scenario import Cases

REGISTRIES = (
    activation_cases.CASES,
    license_key_cases.CASES,
    member_cases.CASES,
    payment_method_cases.CASES,
    store_cases.CASES,
    sublicense_cases.CASES,
    subscription_cases.CASES,
)
CASES: Cases = {}
for registry in REGISTRIES:
    for key, cases in registry.cases.items():
        CASES.setdefault(key, []).extend(cases)

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
