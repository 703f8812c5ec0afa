"""What is typed into the application form: figures, years, dates known to the month, choices.

Nothing has to be filled in to be saved; only what cannot be read is refused, with what to write instead.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.figures import QUALIFIERS, Figure, parse, plain

EARLIEST_YEAR = 1900
MOST_PLACES = 2  # decimals of a figure
LARGEST = Decimal(10) ** 12  # figures stay below: twelve digits before the point
QUALIFIER = "_qualifier"
UNITS = {
    "investment": "万元",  # untranslated: a unit
    "budget": "万元",  # untranslated: a unit
    "benefit": "万元",  # untranslated: a unit
    "area": "㎡",
    "staff": "人",  # untranslated: a unit
}
"""Chinese units that people may type after a number; 万元 also says what the number counts."""
DATES = frozenset({"founded", "registered", "issued", "date"})
WRITTEN_DATE = re.compile(
    r"(\d{4})(?:[-./年](\d{1,2}))?(?:[-./月](\d{1,2}))?[年月日]?"  # untranslated: typed
)
TOO_LONG = _("最多%(limit_value)d个字，现有%(show_value)d个字")
NOT_OFFERED = _("从列出的选项中选择")
CHOOSE = _("请选择")


def normal(value: Any) -> str:
    """Return what was typed with full-width digits and signs made ordinary and blanks left out."""
    return "".join(unicodedata.normalize("NFKC", str(value or "")).split())


class FigureField(forms.CharField):
    """A number, also as people write it (1,995.75, 60余, 上千). Its value is a Figure, or None."""

    def __init__(self, *, unit: str = "", **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.unit = unit
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number without idle zeros; what was typed stays as it is."""
        return plain(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        written = normal(value)
        if not written:
            return None
        try:
            figure = parse(written, self.unit)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if figure.number >= LARGEST:
            raise ValidationError(_("数字过大，核对单位"))
        if figure.number != round(figure.number, MOST_PLACES):
            raise ValidationError(_("最多写两位小数"))
        return figure

    def has_changed(self, initial: Any, data: Any) -> bool:
        return normal(initial) != normal(data)


class YearField(forms.CharField):
    """A year from 1900 to this year. Its value is an int, or None."""

    this_year = date.max.year

    def __init__(self, *, example: int, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.example = example
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        written = normal(value).removesuffix("年")  # untranslated: typed
        if not written:
            return None
        said = {"label": self.label, "example": self.example, "last": self.this_year}
        if not re.fullmatch(r"[0-9]{4}", written):
            raise ValidationError(_("填写%(label)s，如%(example)d"), params=said)
        if not EARLIEST_YEAR <= int(written) <= self.this_year:
            raise ValidationError(_("%(label)s应在1900年至%(last)d年之间"), params=said)
        return int(written)


class PartialDateField(forms.CharField):
    """A date known to its year, month or day, not in the future. Its value is "2010", "2010-05" or "2010-05-12"."""

    today = date.max

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.widget.attrs |= {"autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        written = normal(value)
        if not written:
            return ""
        match = WRITTEN_DATE.fullmatch(written)
        parts = [int(part) for part in match.groups() if part] if match else []
        try:
            earliest = date(*[*parts, 1, 1][:3])
        except (TypeError, ValueError) as error:
            raise ValidationError(_("填写%(label)s，如2010-05"), params={"label": self.label}) from error
        if earliest.year < EARLIEST_YEAR or earliest > self.today:
            raise ValidationError(_("%(label)s应在1900年至今天之间"), params={"label": self.label})
        return "-".join(f"{part:02d}" for part in parts)


class WordField(forms.ChoiceField):
    """A word from a list; one that is not on it and was stored before stays a choice of its own."""

    def __init__(self, *, words: list[tuple[str, str | Promise]], **kwargs: Any) -> None:
        super().__init__(required=False, choices=[("", CHOOSE), *words], **kwargs)
        self.words = words

    def keep(self, stored: str) -> None:
        """Offer also what is stored."""
        if stored and stored not in dict(self.words):
            self.choices = [("", CHOOSE), *self.words, (stored, stored)]


EDUCATION: list[tuple[str, str | Promise]] = [
    ("博士", _("博士")),  # untranslated: stored
    ("硕士", _("硕士")),  # untranslated: stored
    ("本科", _("本科")),  # untranslated: stored
    ("大专", _("大专")),  # untranslated: stored
    ("中专或高中", _("中专或高中")),  # untranslated: stored
    ("初中及以下", _("初中及以下")),  # untranslated: stored
]
EXAMPLES = {"birth_year": 1986}


def formfield(column: models.Field, **kwargs: Any) -> forms.Field | None:
    """Return the form field of a column: what ModelForm asks for each."""
    label = column.verbose_name
    if isinstance(column, models.DecimalField):
        return FigureField(label=label, unit=UNITS.get(column.name, ""))
    if isinstance(column, models.PositiveSmallIntegerField):
        return YearField(label=label, example=EXAMPLES.get(column.name, 2024))
    if column.name in DATES:
        return PartialDateField(label=label)
    if column.choices or column.name == "education":
        return _choice(column)
    return column.formfield(required=False, error_messages={"max_length": TOO_LONG}, **kwargs)


def _choice(column: models.Field) -> forms.ChoiceField:
    label = column.verbose_name
    if column.name.endswith(QUALIFIER):
        return forms.ChoiceField(label=_("修饰词"), required=False, choices=QUALIFIERS)
    if column.name == "education":
        return WordField(label=label, words=EDUCATION)
    choices = [("", CHOOSE), *(column.choices or ())]
    said = {"invalid_choice": NOT_OFFERED}
    return forms.ChoiceField(label=label, required=False, choices=choices, error_messages=said)


def split_figures(form: forms.ModelForm) -> None:
    """Put each figure of a clean form into its two columns; a qualifier typed with the number counts.

    Adds an error where the number says one qualifier and the list beside it another.
    """
    for name in [name for name in form.fields if isinstance(form.fields[name], FigureField)]:
        figure: Figure | None = form.cleaned_data.get(name)
        if not isinstance(figure, Figure):
            continue
        chosen = form.cleaned_data.get(name + QUALIFIER, "")
        if figure.qualifier and chosen and figure.qualifier != chosen:
            said = {"typed": figure.qualifier, "chosen": chosen}
            form.add_error(
                name, ValidationError(_("数字里写了“%(typed)s”，旁边选了“%(chosen)s”，只留一个"), params=said)
            )
            continue
        form.cleaned_data[name] = figure.number
        form.cleaned_data[name + QUALIFIER] = figure.qualifier or chosen


def tell_day(form: forms.BaseForm, today: date) -> None:
    """Let the form's years and dates end today."""
    for field in form.fields.values():
        if isinstance(field, YearField):
            field.this_year = today.year
        elif isinstance(field, PartialDateField):
            field.today = today
