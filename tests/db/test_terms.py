"""When a term ends that follows others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.terms import add_months, renewed

DAYS = st.dates(date(1970, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 60)


@given(DAYS, MONTHS, st.integers(1, 24))
def test_terms_in_a_row_end_whole_terms_after_the_start(start: date, months: int, terms: int) -> None:
    end = add_months(start, months)

    for _ in range(terms):
        end = renewed(end, months, start)

    assert end == add_months(start, months * (terms + 1))


# The start, the day of a payment after the end, the months of a term, and the ends of that term and of those after it.
@pytest.mark.parametrize(
    ("start", "paid_on", "months", "ends"),
    [
        (date(2025, 1, 31), date(2026, 2, 28), 1, [date(2026, 3, 28), date(2026, 4, 28), date(2026, 5, 28)]),
        (date(2025, 1, 31), date(2026, 3, 15), 1, [date(2026, 4, 15), date(2026, 5, 15), date(2026, 6, 15)]),
        # Whole terms after the start again: it goes on from there.
        (date(2025, 1, 31), date(2026, 3, 30), 1, [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]),
        (date(2025, 3, 31), date(2026, 5, 30), 3, [date(2026, 8, 30), date(2026, 11, 30), date(2027, 2, 28)]),
        (date(2025, 8, 31), date(2026, 3, 30), 6, [date(2026, 9, 30), date(2027, 3, 30), date(2027, 9, 30)]),
        (date(2023, 1, 31), date(2026, 2, 28), 12, [date(2027, 2, 28), date(2028, 2, 28), date(2029, 2, 28)]),
        (date(2024, 2, 29), date(2026, 3, 29), 12, [date(2027, 3, 29), date(2028, 3, 29), date(2029, 3, 29)]),
    ],
)
def test_what_came_back_to_life_keeps_its_day_until_it_ends_whole_terms_after_the_start(
    start: date, paid_on: date, months: int, ends: list[date]
) -> None:
    found = [add_months(paid_on, months)]
    for _ in ends[1:]:
        found.append(renewed(found[-1], months, start))

    assert found == ends
