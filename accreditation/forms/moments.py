"""A moment of the past, as people type it or a browser sends it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Event

TYPED = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"  # untranslated: how people write a date
    r"(?:[T\s]*(?P<hour>\d{1,2})[:：时](?P<minute>\d{1,2})分?(?:[:：]?(?P<second>\d{1,2})秒?)?)?",
    re.ASCII,
)
FIRST_YEAR = 1900
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Moment:
    """A moment that was asked for. `until` is the last instant that belongs to it: a minute is meant with all of it.

    `sequence` is the number of the event after which was asked for, where one was named instead.
    """

    at: datetime
    until: datetime
    sequence: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether one instant was named."""
        return self.at == self.until

    @property
    def query(self) -> str:
        """Return what asks for it in an address."""
        if self.sequence is not None:
            return urlencode({"event": self.sequence})
        return urlencode({"at": self.until.isoformat()})


class MomentForm(forms.Form):
    """A GET form that asks how something stood at a moment (`at`), or after one of its `events` (`event`, its number).

    What was typed stays in it, understood or not.

    2026-09-03 17:00, 2026/9/3 17:00, 2026年9月3日17:00, a day alone (to its end) and an instant with its zone are.
    """

    at = forms.CharField(label=gettext_lazy("查看截至"))

    def __init__(self, data: Any, *, now: datetime, events: Iterable[Event]) -> None:
        named = next((event for event in events if str(event.sequence) == data.get("event")), None)
        typed = named.at.isoformat() if named else str(data.get("at", "")).strip()
        super().__init__({"at": typed} if typed else None)
        self.now, self.sequence = now, named.sequence if named else None
        self.moment = _read(typed)
        if self.moment:
            self.data = {"at": timezone.localtime(self.moment.at).strftime("%Y-%m-%dT%H:%M")}
        if self.moment or not typed:
            widget: Any = self.fields["at"].widget
            widget.input_type = "datetime-local"

    def clean_at(self) -> Moment:
        """Refuse what is no moment, or has not come yet; a minute that has begun ends now."""
        if self.moment is None:
            raise ValidationError(_("填写日期和时间，如2026-09-03 17:00"), code="invalid")
        if self.moment.at > self.now and self.sequence is None:
            raise ValidationError(_("这一时刻还没有到，填写现在或者以前的时刻"), code="future")
        return Moment(self.moment.at, min(self.moment.until, self.now), self.sequence)

    @property
    def is_refused(self) -> bool:
        """Whether something was typed that cannot be looked at."""
        return self.is_bound and not self.is_valid()

    def asked(self) -> Moment | None:
        """Return the moment that is asked for; None where none is, or it was refused."""
        return self.cleaned_data["at"] if self.is_valid() else None


def _read(text: str) -> Moment | None:
    """Return the moment that the text says; None where it says none."""
    try:
        exact = datetime.fromisoformat(text)
        if exact.tzinfo is not None and exact.year >= FIRST_YEAR:
            return Moment(exact, exact)
    except ValueError:
        pass
    typed = TYPED.fullmatch(text)
    if typed is None:
        return None
    parts = {name: int(part) for name, part in typed.groupdict(default="0").items()}
    span = timedelta(days=1) if typed["hour"] is None else timedelta(minutes=1)
    if typed["second"] is not None:
        span = timedelta(seconds=1)
    try:
        at = datetime(**parts, tzinfo=timezone.get_current_timezone())
        return Moment(at, at + span - TICK) if at.year >= FIRST_YEAR else None
    except (ValueError, OverflowError):
        return None
