"""`{% load wuhao %}`: filters and tags of the pages. The work is done in `accreditation.face`."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.face import bars as drawn
from accreditation.face import dates, numbers, signs
from accreditation.models.cycle import StudioLevel
from accreditation.models.form_rows import Honour
from accreditation.templatetags import wuhao_forms, wuhao_parts
from workflows.actors import shown_as

register = template.Library()
register.tags |= wuhao_forms.register.tags | wuhao_parts.register.tags
register.filters |= wuhao_forms.register.filters | wuhao_parts.register.filters


def this_year() -> int:
    """The year of today, which dates of this year leave out."""
    return timezone.localdate().year


@register.filter(expects_localtime=True)
def day(value: date | datetime | None) -> str:
    """9月16日 周三."""
    return dates.day(value, this_year()) if value else ""


@register.filter(expects_localtime=True)
def full_day(value: date | datetime | None) -> str:
    """2026年9月16日."""
    return dates.full_day(value) if value else ""


@register.filter(expects_localtime=True)
def weekday(value: date | datetime | None) -> str:
    """周三."""
    return dates.weekday(value) if value else ""


@register.filter(expects_localtime=True)
def month_day(value: date | datetime | None) -> str:
    """9月16日."""
    return dates.month_day(value, this_year()) if value else ""


@register.filter(expects_localtime=True)
def narrow_day(value: date | datetime | None) -> str:
    """9月28."""
    return dates.narrow_day(value) if value else ""


@register.filter(expects_localtime=True)
def moment(value: datetime | None) -> str:
    """9月16日16:20."""
    return dates.moment(value, this_year()) if value else ""


@register.filter(expects_localtime=True)
def full_moment(value: datetime | None) -> str:
    """2026年9月16日16:20."""
    return dates.full_moment(value) if value else ""


@register.filter(expects_localtime=True)
def clock(value: datetime | None) -> str:
    """16:20."""
    return dates.clock(value) if value else ""


@register.filter(expects_localtime=True)
def until(value: datetime | None) -> str:
    """A deadline as people say it: midnight belongs to the day that ends with it (10月9日24:00)."""
    if not value:
        return ""
    if (value.hour, value.minute) != (0, 0):
        return dates.moment(value, this_year())
    last = dates.month_day(value - timedelta(days=1), this_year())
    return _("%(date)s%(time)s") % {"date": last, "time": "24:00"}


@register.filter(expects_localtime=True)
def day_range(start: date | datetime, end: date | datetime) -> str:
    """9月14日至25日."""
    return dates.day_range(start, end, this_year())


@register.filter
def partial_date(text: str | None) -> str:
    """A date known to its year, month or day: 2010年5月."""
    return dates.partial_date(text) if text else ""


@register.filter
def figure(value: Any, unit: str = "") -> str:
    """A figure with its qualifier and its Chinese unit: 10余项. Absent: 未填."""
    return numbers.figure(value, unit)


@register.filter
def money(value: Any) -> str:
    """An amount kept in 万元."""
    return numbers.money(value)


@register.filter
def points(value: Any) -> str:
    """Points without an idle .0."""
    return numbers.points(value)


@register.filter
def file_size(value: Any) -> str:
    """1.2MB."""
    return numbers.file_size(value)


@register.filter
def file_kind(media_type: str) -> str:
    """PDF, JPEG, XLSX."""
    return numbers.file_kind(media_type)


@register.filter
def picture_of(media_type: str) -> str:
    """The drawn stand-in for a file of this kind: doc, photo or table."""
    return signs.picture_of(media_type)


@register.filter
def state_label(code: Any) -> str:
    """The word of a process state."""
    return str(signs.state_sign(code).word)


@register.filter
def action_label(code: Any) -> str:
    """The word of an action."""
    return str(signs.action_sign(code).word)


@register.filter
def action_icon(code: Any) -> str:
    """The shape of an action, for `{% icon %}`; "" for what is drawn small."""
    return signs.action_sign(code).icon


@register.filter
def action_tone(code: Any) -> str:
    """The tone of an action's shape."""
    return signs.action_sign(code).tone


@register.filter
def level_label(code: Any) -> str:
    """The level of a studio: 市级."""
    return str(dict(StudioLevel.choices).get(signs.code_of(code), code))


@register.filter
def honour_label(code: Any) -> str:
    """The level of an honour: 全国."""
    return str(dict(Honour.Level.choices).get(signs.code_of(code), code))


@register.filter
def good_sign(code: Any) -> str:
    """人 队 职 题 制."""
    return signs.GOOD_CHARACTERS.get(signs.code_of(code), "")


@register.filter
def good_title(code: Any) -> str:
    """选好领军人物."""
    return str(signs.GOOD_TITLES.get(signs.code_of(code), code))


@register.filter
def good_name(code: Any) -> str:
    """领军人物."""
    return str(signs.GOOD_NAMES.get(signs.code_of(code), code))


@register.filter
def roles(office: Any) -> str:
    """What somebody may do in an office, in words: 审核、决定."""
    held = [str(word) for code, word in signs.GRANTS.items() if office and code in office.grants]
    return _("、").join(held)


@register.filter
def acting_for(name: str, principal: Any) -> str:
    """The name of who acted, with that of the principal (a user or a name) in whose place, if any: 王芳（代何秋）."""
    return shown_as(name, getattr(principal, "name", principal) or "")


@register.filter
def failing(marks: Iterable[Any]) -> str:
    """职未及格, or nothing."""
    return drawn.failing(drawn.five(marks))


@register.simple_tag
def sep() -> SafeString:
    """The hairline between two facts on a line."""
    return format_html('<i class="{}" aria-hidden="true"></i>', "w-sep")
