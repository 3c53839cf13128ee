"""Terms of months: when a subscription ends, and when it ends once it is renewed."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of_month(day: date, months: int) -> date:
    """The last day of the month that is `months` later (earlier when negative): cards expire with one."""
    month = add_months(day, months)
    return month.replace(day=monthrange(month.year, month.month)[1])


def end_of_term(start: date, months: int) -> date | None:
    """Last usable day of a term that begins on `start`; None for a perpetual one, of 0 months."""
    return add_months(start, months) if months else None


def renewed(expires_on: date, months: int, start: date) -> date:
    """The end of the term after `expires_on`, of a subscription that began on `start`.

    31 January, 28 February, 31 March: a shorter month puts the day back for that month only, because an end that is
    whole terms after the start is counted from there. Any other, of what was paid for after it had expired, keeps the
    day it is on.
    """
    passed = (expires_on.year - start.year) * 12 + expires_on.month - start.month
    if passed % months == 0 and expires_on == add_months(start, passed):
        return add_months(start, passed + months)
    return add_months(expires_on, months)
