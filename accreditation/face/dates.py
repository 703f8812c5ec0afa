"""Dates and times in the reader's language, in the zone of the site."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


def local_date(value: date | datetime) -> date:
    """Return the calendar day of `value` in the zone of the site; a naive value is taken as it stands."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def weekday(value: date | datetime) -> str:
    """周三, Wed."""
    return str(WEEKDAYS[local_date(value).weekday()])


def month_day(value: date | datetime, this_year: int) -> str:
    """9月16日; with its year when that is not `this_year`."""
    day = local_date(value)
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == this_year else "DATE_FORMAT")


def day(value: date | datetime, this_year: int) -> str:
    """9月16日 周三, Wed 16 Sep; with its year when that is not `this_year`."""
    return _("%(date)s %(weekday)s") % {"date": month_day(value, this_year), "weekday": weekday(value)}


def narrow_day(value: date | datetime) -> str:
    """9月28, 28 Sep: for the squares of a calendar, where the year is known."""
    return date_format(local_date(value), "MONTH_DAY_FORMAT").removesuffix("日")  # untranslated: Chinese only


def full_day(value: date | datetime) -> str:
    """2026年9月16日, 16 September 2026."""
    return date_format(local_date(value), "DATE_FORMAT")


def clock(value: datetime) -> str:
    """16:20."""
    return date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "TIME_FORMAT")


def moment(value: datetime, this_year: int) -> str:
    """9月16日16:20, 16 Sep, 16:20; with its year when that is not `this_year`."""
    return _("%(date)s%(time)s") % {"date": month_day(value, this_year), "time": clock(value)}


def full_moment(value: datetime) -> str:
    """2026年9月16日16:20, 16 September 2026, 16:20."""
    return date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "DATETIME_FORMAT")


def day_range(start: date | datetime, end: date | datetime, this_year: int) -> str:
    """9月14日至25日, 9月28日至10月9日, 14 Sep to 25 Sep: Chinese says a month that both ends share once.

    A range of one day is that day. An end with a time is exclusive: midnight belongs to the day that ends with it.
    """
    if isinstance(end, datetime):
        end -= timedelta(microseconds=1)
    first, last = local_date(start), local_date(end)
    starts, ends = month_day(first, this_year), month_day(last, this_year)
    if first == last:
        return starts
    is_chinese = ends.endswith("日")  # untranslated: asks which language it is
    if is_chinese and (first.year, first.month) == (last.year, last.month):
        ends = f"{last.day}日"  # untranslated: Chinese only
    return _("%(start)s至%(end)s") % {"start": starts, "end": ends}


def partial_date(text: str) -> str:
    """Write out "2010", "2010-05" or "2010-05-12", known to its year, month or day; other text stays."""
    try:
        parts = [int(part) for part in text.split("-")]
        known = date(*[*parts, 1, 1][:3])
    except (ValueError, TypeError):
        return text
    if len(parts) == 1:
        return _("%(year)d年") % {"year": known.year}
    return date_format(known, "YEAR_MONTH_FORMAT" if len(parts) == 2 else "DATE_FORMAT")
