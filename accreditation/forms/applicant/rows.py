"""The tables of the form. Every row is optional; a row in which nothing was typed is no row."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.form_fields import ROW_NAMES
from accreditation.forms.applicant.fields import WordField, formfield, split_figures, tell_day
from accreditation.models import (
    Award,
    Conversion,
    EarlierNaming,
    Honour,
    Member,
    Pair,
    Patent,
    Promotion,
    Rule,
    Topic,
    Training,
)
from accreditation.models.form_rows import FormRow
from accreditation.queries.documents import ROWS

MOST_ROWS = 200
MODELS: dict[str, type[FormRow]] = {
    "namings": EarlierNaming,
    "honours": Honour,
    "members": Member,
    "pairs": Pair,
    "trainings": Training,
    "promotions": Promotion,
    "topics": Topic,
    "patents": Patent,
    "awards": Award,
    "conversions": Conversion,
    "rules": Rule,
}
HEADS: dict[str, dict[str, Promise]] = {
    "members": {"trade": _("工种或专业")},
    "trainings": {"count": _("次数"), "person_times": _("人次")},
    "promotions": {"count": _("人数")},
    "topics": {"count": _("项数")},
    "patents": {"count": _("件数")},
    "awards": {"count": _("项数")},
    "conversions": {"count": _("项数"), "benefit": _("效益（万元）")},
}
"""Heads of columns that say more than the column's name: what a figure counts, above all."""
LISTS = {
    ("members", "title"): "grades",
    ("promotions", "grade"): "grades",
    ("trainings", "kind"): "training-kinds",
    ("patents", "kind"): "patent-kinds",
    ("awards", "level"): "award-levels",
}
"""Columns that offer words while one types: the ids of the lists."""


class RowForm(forms.ModelForm):
    """One row of a table."""

    table = ""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_day(self, today)
        fields: dict[str, Any] = self.fields
        for name, field in fields.items():
            field.label = HEADS.get(self.table, {}).get(name, field.label)
            if words := LISTS.get((self.table, name)):
                field.widget.attrs["list"] = words
            if isinstance(field, WordField):
                shown = self.data.get(self.add_prefix(name)) if self.is_bound else self.initial.get(name)
                field.keep(str(shown or ""))

    def clean(self) -> dict[str, Any]:
        split_figures(self)
        return self.cleaned_data

    def typed(self) -> dict[str, Any]:
        """Return the row's columns, or nothing if none was filled in. A clean row only."""
        columns = {name: self.cleaned_data.get(name) for name in self._meta.fields or ()}
        return columns if any(value not in ("", None) for value in columns.values()) else {}


class RowFormSet(forms.BaseFormSet):
    """A table. `row_name` is what its rows are called in messages."""

    row_name: str | Promise = ""

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows that were filled in, in their order. A clean table only."""
        return [row for form in self.forms if (row := form.typed())]


@cache
def table_formset(table: str) -> type[RowFormSet]:
    """Return the formset of a table of the application document."""
    columns = [name for column in ROWS[table] for name in _columns(column)]
    meta = type("Meta", (), {"model": MODELS[table], "fields": columns, "formfield_callback": formfield})
    metaclass: Any = type(RowForm)
    row = metaclass("RowForm", (RowForm,), {"Meta": meta, "table": table, "__module__": __name__})
    made: Any = forms.formset_factory(
        row, formset=RowFormSet, extra=0, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS + 50,
        validate_max=True,
    )  # fmt: skip
    made.row_name = ROW_NAMES[table]
    made.default_error_messages = {
        **made.default_error_messages,
        "too_many_forms": _("最多%(num)d行"),
        "missing_management_form": _("页面没有完整送达，重新打开后再填"),
    }
    return cast(type[RowFormSet], made)


def table_of(
    table: str,
    *,
    today: date,
    data: Mapping[str, Any] | None = None,
    initial: list[dict[str, Any]] | None = None,
) -> RowFormSet:
    """Return a table with what was posted, or with rows to show."""
    return table_formset(table)(data, initial=initial, prefix=table, form_kwargs={"today": today})


def posted_rows(table: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a table as they were typed, unread, without the one whose removal was asked for."""
    form = table_formset(table).form
    try:
        count = min(int(data.get(f"{table}-TOTAL_FORMS", "0")), MOST_ROWS + 50)
    except ValueError:
        count = 0
    return [
        {name: data.get(f"{table}-{number}-{name}", "") for name in form._meta.fields}
        for number in range(count)
        if f"{table}-{number}-DELETE" not in data
    ]


def _columns(column: str) -> list[str]:
    name = column.rstrip("*")
    return [name, f"{name}_qualifier"] if column.endswith("*") else [name]
