"""The working-day calendar against the announced holidays of 2026."""

from datetime import UTC, date, datetime

import pytest

from workflows.working_days import (
    SHANGHAI,
    Day,
    Period,
    add_working_days,
    calendar_strip,
    deadline,
    end_of_day,
    is_estimated,
    is_working_day,
    last_day,
    notice_period,
    working_days_between,
    working_days_in,
)


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 11, 20), True),  # Friday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 10, 1), False),  # National Day
        (date(2026, 10, 8), True),  # first day after the holiday
        (date(2026, 9, 20), True),  # Sunday, make-up day
        (date(2026, 10, 10), True),  # Saturday, make-up day
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2026, 2, 14), True),  # Saturday, make-up day
    ],
)
def test_holidays_rest_and_make_up_days_work(day, working):
    assert is_working_day(day) is working


@pytest.mark.parametrize(("year", "estimated"), [(2003, True), (2004, False), (2026, False), (2027, True)])
def test_a_year_without_announced_holidays_is_estimated(year, estimated):
    assert is_estimated(year) is estimated


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2040, 1, 1), False),  # Sunday
        (date(2040, 1, 2), True),  # Monday
        (date(2040, 5, 1), False),  # Tuesday, Labour Day
        (date(2040, 5, 3), True),
        (date(2040, 10, 3), False),  # Wednesday, National Day
        (date(2040, 10, 4), True),
        (date(2040, 10, 6), False),  # Saturday
    ],
)
def test_an_estimated_year_works_from_monday_to_friday_but_not_on_fixed_holidays(day, working):
    assert is_working_day(day) is working


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 9, 28), 0, date(2026, 9, 28)),
        (date(2026, 9, 28), 1, date(2026, 9, 29)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 2), 5, date(2026, 9, 9)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # the make-up Saturday
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_working_days_are_added_after_the_start(start, n, expected):
    assert add_working_days(start, n) == expected


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="working days are counted forwards"):
        add_working_days(date(2026, 9, 28), -1)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 9, 16), date(2026, 9, 16), 0),
        (date(2026, 9, 16), date(2026, 9, 18), 2),
        (date(2026, 9, 16), date(2026, 9, 14), -2),
        (date(2026, 9, 16), date(2026, 9, 21), 4),  # with the make-up Sunday, 20 September
        (date(2026, 9, 30), date(2026, 10, 9), 2),
        (date(2026, 9, 30), date(2026, 10, 7), 0),
    ],
)
def test_days_left_are_those_after_today_and_days_overdue_are_below_zero(start, end, days):
    assert working_days_between(start, end) == days


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2026, 9, 30), date(2026, 10, 9), 3),
        (date(2026, 9, 28), date(2026, 10, 9), 5),
        (date(2026, 10, 9), date(2026, 10, 8), 0),
    ],
)
def test_working_days_with_both_ends(first, last, days):
    assert working_days_in(first, last) == days


@pytest.mark.parametrize(
    ("done", "days", "expected"),
    [
        (at(9, 2, 11, 26), 5, at(9, 10, 0)),
        (at(9, 30, 23, 59), 1, at(10, 9, 0)),
        (datetime(2026, 9, 1, 17, 30, tzinfo=UTC), 5, at(9, 10, 0)),  # 01:30 of 2 September in Shanghai
    ],
)
def test_a_deadline_is_the_end_of_the_last_working_day_in_shanghai(done, days, expected):
    assert deadline(done, days) == expected


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (at(9, 28), Period(date(2026, 9, 28), date(2026, 10, 9), at(10, 10, 0))),
        (at(9, 27, 20), Period(date(2026, 9, 28), date(2026, 10, 9), at(10, 10, 0))),  # a Sunday evening
        (at(11, 23), Period(date(2026, 11, 23), date(2026, 11, 27), at(11, 28, 0))),
    ],
)
def test_a_notice_lasts_five_working_days_and_counts_the_day_of_publishing(published, expected):
    assert notice_period(published) == expected


def test_a_notice_of_no_days_is_refused():
    with pytest.raises(ValueError, match="a notice lasts at least one working day"):
        notice_period(at(9, 28), 0)


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="a naive time has no date in Shanghai"):
        deadline(datetime(2026, 9, 28, 9), 5)  # noqa: DTZ001


def test_the_last_day_of_a_deadline_is_the_one_that_ends_with_it():
    assert last_day(end_of_day(date(2026, 10, 9))) == date(2026, 10, 9)


def test_the_strip_of_the_notice_over_national_day_rests_for_seven_days():
    rest = [Day(date(2026, 10, n), "off", None) for n in range(1, 8)]
    assert calendar_strip(date(2026, 9, 28), date(2026, 10, 9)) == [
        Day(date(2026, 9, 28), "counted", 1),
        Day(date(2026, 9, 29), "counted", 2),
        Day(date(2026, 9, 30), "counted", 3),
        *rest,
        Day(date(2026, 10, 8), "counted", 4),
        Day(date(2026, 10, 9), "counted", 5),
    ]


def test_the_strip_shows_a_make_up_day_and_counts_it():
    assert calendar_strip(date(2026, 10, 10), date(2026, 10, 11)) == [
        Day(date(2026, 10, 10), "makeup", 1),
        Day(date(2026, 10, 11), "off", None),
    ]
