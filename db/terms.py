"""Terms of months: when a subscription ends, and when it ends once it is renewed."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _clamped(year, month + 1, day.day)


def end_of_term(start: date, months: int) -> date | None:
    """Last usable day of a term that begins on `start`; None for a perpetual one, of 0 months."""
    return add_months(start, months) if months else None


def renewed(expires_on: date, months: int, anchor: date) -> date:
    """The end of the term after `expires_on`, on the anchor's day of the month.

    31 January, 28 February, 31 March: a shorter month puts the day back for that month only. A term that does not end
    on the anchor's day, because it was paid for after the subscription had expired, keeps the day it ends on.
    """
    end = add_months(expires_on, months)
    if expires_on == _clamped(expires_on.year, expires_on.month, anchor.day):
        return _clamped(end.year, end.month, anchor.day)
    return end


def _clamped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
