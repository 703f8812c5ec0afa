"""The Chinese working-day calendar: weekends, public holidays and make-up days (调休).

The holidays are those that the State Council announces each year, as `chinesecalendar` carries them. A year
that has not been announced yet is estimated: Monday to Friday, less the statutory holidays with a fixed date.
Pages that show a date in such a year say so (`is_estimated`).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
ANNOUNCED = range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)
# 全国年节及纪念日放假办法 (2024): the statutory holidays on the same day every year, as (month, day).
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
SATURDAY = 5

Kind = Literal["counted", "makeup", "off"]


@dataclass(frozen=True)
class Day:
    """A day of a strip: a working day (`counted`, on a weekend `makeup`) with its number, or a day `off`."""

    date: date
    kind: Kind
    n: int | None


@dataclass(frozen=True)
class Period:
    """A run of working days: its first and last, and the instant when it is over (exclusive)."""

    first: date
    last: date
    ends: datetime


def is_estimated(year: int) -> bool:
    """Whether the holidays of the year are not announced, so that its working days are an estimate."""
    return year not in ANNOUNCED


@lru_cache(
    maxsize=4096
)  # ten years and more; the calendar takes 20 µs for a day, and a desk asks for hundreds
def is_working_day(day: date) -> bool:
    """Whether people work on the day: make-up days on weekends count, holidays do not."""
    if is_estimated(day.year):
        return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED_HOLIDAYS
    return bool(chinese_calendar.is_workday(day))


def add_working_days(start: date, n: int) -> date:
    """The n-th working day after `start`, itself not counted. Raises ValueError if n is below zero."""
    if n < 0:
        raise ValueError("working days are counted forwards")
    day = start
    while n:
        day += ONE_DAY
        n -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """The working days after `start` up to and with `end`: how many are left; below zero if `end` is past."""
    if end < start:
        return -working_days_between(end, start)
    return working_days_in(start + ONE_DAY, end)


def working_days_in(first: date, last: date) -> int:
    """The working days from `first` to `last`, both counted; none if `last` comes before `first`."""
    return sum(is_working_day(first + ONE_DAY * n) for n in range((last - first).days + 1))


def deadline(at: datetime, days: int) -> datetime:
    """When something due within so many working days is overdue: the end of the last of them, in Shanghai.

    The day of `at` is not counted. The end of a day is the midnight after it, exclusive: what happens at that
    instant is late. Raises ValueError if `at` is naive.
    """
    return end_of_day(add_working_days(_local_date(at), days))


def notice_period(at: datetime, days: int = 5) -> Period:
    """The working days of a public notice published at `at`: 5 (d) unless the cycle says otherwise.

    The day of publishing counts if it is a working day. Raises ValueError if `at` is naive or days below one.
    """
    if days < 1:
        raise ValueError("a notice lasts at least one working day")
    first = _local_date(at)
    if not is_working_day(first):
        first = add_working_days(first, 1)
    last = add_working_days(first, days - 1)
    return Period(first, last, end_of_day(last))


def end_of_day(day: date) -> datetime:
    """24:00 of the day in Shanghai, written as the midnight of the next."""
    return datetime.combine(day + ONE_DAY, time.min, SHANGHAI)


def last_day(ends: datetime) -> date:
    """The last day before an exclusive end, for pages that say "至10月9日24:00"."""
    return _local_date(ends - timedelta(microseconds=1))


def days_left(due_at: datetime, at: datetime) -> int:
    """Return the working days from the day of `at` to the last day of a deadline; below zero when it has passed."""
    return working_days_between(_local_date(at), last_day(due_at))


def calendar_strip(first: date, last: date) -> list[Day]:
    """Every day from `first` to `last`, working days numbered from 1."""
    strip, number = [], 0
    for offset in range((last - first).days + 1):
        day = first + ONE_DAY * offset
        working = is_working_day(day)
        number += working
        strip.append(Day(day, _kind(day, working), number if working else None))
    return strip


def _kind(day: date, working: bool) -> Kind:
    if not working:
        return "off"
    return "makeup" if day.weekday() >= SATURDAY else "counted"


def _local_date(at: datetime) -> date:
    if at.tzinfo is None:
        raise ValueError("a naive time has no date in Shanghai")
    return at.astimezone(SHANGHAI).date()
