"""What is looked for among all events, and under which name a search is kept."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import EventSearch
from accreditation.queries.event_kinds import GROUPS, KINDS
from accreditation.queries.event_terms import SHORTEST_WORD

ALL = ("", gettext_lazy("全部"))
DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]  # untranslated: how people write a date
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
UNKNOWN_DAY = gettext_lazy("填写日期，如2026-10-16")
MOST_WORDS = 4


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(FIRST, UNKNOWN_DAY), MaxValueValidator(LAST, UNKNOWN_DAY)],
        error_messages={"invalid": UNKNOWN_DAY},
    )


class EventSearchForm(forms.Form):
    """A GET form. `who` and `of` name exactly one person and one organisation, of several who are called alike.

    What is wrong is said, and then nothing is looked for: a result must never be wider than what was asked.
    """

    words = forms.CharField(
        label=gettext_lazy("理由中的文字"), max_length=60, required=False, widget=forms.SearchInput
    )
    person = forms.CharField(label=gettext_lazy("人员（姓名或账号）"), max_length=60, required=False)
    studio = forms.CharField(label=gettext_lazy("工作室、单位或编号"), max_length=60, required=False)
    office = forms.CharField(label=gettext_lazy("办理的组织"), max_length=60, required=False)
    below = forms.BooleanField(label=gettext_lazy("连同下属组织"), required=False)
    action = forms.ChoiceField(label=gettext_lazy("操作"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("种类"), required=False)
    since = _day(gettext_lazy("从哪天起"))
    until = _day(gettext_lazy("到哪天止"))
    who = forms.UUIDField(
        required=False, widget=forms.HiddenInput, error_messages={"invalid": gettext_lazy("重新选择这个人")}
    )
    of = forms.SlugField(
        required=False, widget=forms.HiddenInput, error_messages={"invalid": gettext_lazy("重新选择这个组织")}
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        action: Any = self.fields["action"]
        groups = [(name, [(one.value, one.label) for one in actions]) for name, actions in GROUPS.items()]
        action.choices = [ALL, *groups]
        kind: Any = self.fields["kind"]
        kind.choices = [ALL, *KINDS.items()]

    def clean_words(self) -> tuple[str, ...]:
        """Return the words, each of which must be in the reason."""
        words = tuple(dict.fromkeys(self.cleaned_data["words"].split()))
        if any(len(word) < SHORTEST_WORD for word in words):
            raise ValidationError(_("每个词至少2个字"), code="short")
        if len(words) > MOST_WORDS:
            raise ValidationError(_("最多%(most)d个词") % {"most": MOST_WORDS}, code="many")
        return words

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError(_("填写不早于开始的日期"), code="order"))
        return self.cleaned_data

    @property
    def moments(self) -> tuple[datetime | None, datetime | None]:
        """Return the first moment of the period, and the first one after it."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return _midnight(since), _midnight(until + timedelta(days=1) if until else None)

    @property
    def is_narrow(self) -> bool:
        """Whether anything but all events is asked for."""
        return bool(self.query())

    def query(self, **changes: str) -> str:
        """Return what was understood as the query of an address; `changes` replace fields."""
        return urlencode(self.asked() | changes)

    def asked(self) -> dict[str, str]:
        """Return what was understood, by field."""
        return {name: value for name, value in self._said() if value}

    def terms(self) -> list[tuple[str, str]]:
        """Return what is asked for in words, for paper: the label of each field, and what was chosen or typed."""
        chosen = {"action": _labels(self.fields["action"]), "kind": _labels(self.fields["kind"])}
        return [
            (str(self[name].label), str(chosen.get(name, {}).get(value, "✓" if value == "on" else value)))
            for name, value in self.asked().items()
            if not self[name].is_hidden
        ]

    def _said(self) -> Iterator[tuple[str, str]]:
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if isinstance(value, date):
                yield name, value.isoformat()
            elif isinstance(value, tuple):
                yield name, " ".join(value)
            elif isinstance(value, bool):
                yield name, "on" if value else ""
            else:
                yield name, str(value or "")


def _labels(field: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value, label in field.choices:
        found |= dict(label) if isinstance(label, list) else {value: label}
    return found


def _midnight(day: date | None) -> datetime | None:
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


class EventSearchName(forms.Form):
    """The name of a saved search."""

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=EventSearch._meta.get_field("name").max_length,
        error_messages={
            "required": gettext_lazy("填写名称"),
            "max_length": gettext_lazy("名称不超过%(limit_value)d字"),
        },
    )
