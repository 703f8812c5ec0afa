"""Forms: a field with label, hint and error, rows of a table, the summary of errors. Loaded by `wuhao`."""

from __future__ import annotations  # formsets take no parameters when the program runs

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import (
    BaseForm,
    BaseFormSet,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    MultiWidget,
    RadioSelect,
    Select,
    Textarea,
)
from django.forms.boundfield import BoundWidget
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

DJANGOS_ROWS, ROWS = "10", 4  # a text area nobody chose a height for; it grows with its text
QUALIFIER = "_qualifier"  # a figure is two fields, `x` and `x_qualifier`, shown in one cell


@dataclass(frozen=True)
class Problem:
    """One error of a form: where its field is (an id, or "" for the form as a whole) and what to do."""

    target: str
    message: str


def target_of(field: BoundField) -> str:
    """Return the id of the control that a link to `field` leads to."""
    if isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple | MultiWidget):
        return f"{field.auto_id}_0"
    return field.id_for_label


def kind_of(field: BoundField) -> str:
    """Return which of the template's shapes shows this field."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "tick"
    return "file" if isinstance(widget, FileInput) else "control"


def control(field: BoundField, **attributes: Any) -> SafeString:
    """Render the control itself with the class of its kind; `attributes` are added to its own."""
    widget = field.field.widget
    base = (
        "form-select"
        if isinstance(widget, Select) and not isinstance(widget, RadioSelect)
        else "form-control"
    )
    if isinstance(widget, CheckboxInput):
        base = "form-check-input"
    classes = f"{base} {widget.attrs.get('class', '')}".strip()
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == DJANGOS_ROWS:
        attributes.setdefault("rows", ROWS)
    return field.as_widget(attrs={"class": classes, **attributes})


@register.simple_tag(name="control")
def control_tag(field: BoundField, label: str = "") -> SafeString:
    """The bare control, for places that draw label and error themselves."""
    described = {"aria-describedby": f"{field.auto_id}_mark"} if mark_of(field) else {}
    return control(field, **({"aria-label": label} if label else {}), **described)


def mark_of(field: BoundField) -> str:
    """Return what the reviewers who returned the form say of this field ("" for nothing)."""
    return getattr(field.form, "field_marks", {}).get(field.name, "")


def described_by(field: BoundField, hint: Any) -> dict[str, str]:
    """Return the attribute that ties the reviewers' mark, hint and error to the control."""
    ids = [f"{field.auto_id}_mark"] if mark_of(field) else []
    ids += [f"{field.form.prefix}_mark"] if getattr(field.form, "marked_row", "") else []
    ids += [f"{field.auto_id}_helptext"] if hint else []
    ids += [f"{field.auto_id}_error"] if field.errors else []
    return {"aria-describedby": " ".join(ids)} if ids else {}


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, label: Any = "", hint: Any = "", unit: str = "", size: str = ""
) -> dict[str, Any]:
    """A field: label, hint, error, control. Radios become choices, a lone tick stands before its label."""
    said = hint or bound.help_text
    return {
        "field": bound,
        "marked": mark_of(bound),
        "kind": kind_of(bound),
        "label": label or bound.label,
        "hint": said,
        "unit": unit,
        "size": size,
        "described": described_by(bound, said),
        "control": control(bound, **described_by(bound, said)),
        "consequences": getattr(bound.field, "consequences", {}),
    }


@register.inclusion_tag("components/quantity.html")
def quantity(
    number: BoundField, qualifier: BoundField, unit: str = "", label: Any = "", hint: Any = ""
) -> dict[str, Any]:
    """A figure: number, qualifier and unit under one label."""
    said = hint or number.help_text
    return {
        "field": number,
        "marked": mark_of(number),
        "qualifier": qualifier,
        "label": label or number.label,
        "hint": said,
        "unit": unit,
        "errors": [*number.errors, *qualifier.errors],
        "control": control(number, inputmode="decimal", **described_by(number, said)),
        "qualifier_control": control(qualifier),
    }


@register.inclusion_tag("components/cell.html")
def cell(bound: BoundField, row: Any = "", qualifier: BoundField | None = None) -> dict[str, Any]:
    """A cell of an editable table: the column's name is shown on a phone and read with the row's name."""
    label = _("%(row)s%(column)s") % {"row": row, "column": bound.label} if row else str(bound.label)
    of_qualifier = _("%(label)s的修饰词") % {"label": label}
    return {
        "field": bound,
        "label": bound.label,
        "control": control(bound, **{"aria-label": label, **described_by(bound, "")}),
        "qualifier": control(qualifier, **{"aria-label": of_qualifier}) if qualifier else "",
    }


def row_name(formset: BaseFormSet[Any], number: int) -> str:
    """Return what the formset calls its n-th row (counted from 1): its `row_name` pattern, or 第1行."""
    pattern = getattr(formset, "row_name", "") or _("第%(number)d行")
    return str(pattern) % {"number": number}


@register.inclusion_tag("components/edit_table.html")
def edit_table(formset: BaseFormSet[Any], add: Any = "") -> dict[str, Any]:
    """A formset as a table, blocks on a phone. `add` is the word on the button that adds a row."""
    shown = {field.name: field for field in formset.empty_form.visible_fields()}
    names = [name for name in shown if name not in {"DELETE", "ORDER"} and not name.endswith(QUALIFIER)]
    rows = [
        {
            "form": form,
            "name": row_name(formset, number),
            "number": number,
            "marked": getattr(form, "marked_row", ""),
            "cells": [
                (form[name], form[name + QUALIFIER] if name + QUALIFIER in shown else None) for name in names
            ],
            "removal": form.add_prefix("DELETE") if "DELETE" in form.fields else "",
        }
        for number, form in enumerate(formset.forms, start=1)
    ]
    columns = [shown[name] for name in names]
    return {
        "formset": formset,
        "marked": getattr(formset, "marked", ()),
        "columns": columns,
        "rows": rows,
        "add": add,
        "removable": formset.can_delete,
    }


def problems_of_form(form: BaseForm, prefix: str = "") -> Iterator[Problem]:
    """Yield the errors of one form, field by field in their order, then those of the whole."""
    for bound in [*form.visible_fields(), *form.hidden_fields()]:
        for message in bound.errors:
            yield Problem(target_of(bound), f"{prefix}{message}")
    for message in form.non_field_errors():
        yield Problem("", f"{prefix}{message}")


def problems_of(part: Any) -> Iterator[Problem]:
    """Yield the errors of a form or a formset; rows are called by their names."""
    if not isinstance(part, BaseFormSet):
        yield from problems_of_form(part)
        return
    for number, form in enumerate(part.forms, start=1):
        yield from problems_of_form(form, _("%(row)s：") % {"row": row_name(part, number)})
    for message in part.non_form_errors():
        yield Problem("", str(message))


@register.inclusion_tag("components/error_summary.html")
def error_summary(*parts: BaseForm | BaseFormSet[Any] | None) -> dict[str, Any]:
    """All errors of the page with links to their fields; nothing when there are none."""
    bound = [part for part in parts if part is not None and part.is_bound]
    return {"problems": [problem for part in bound for problem in problems_of(part)]}


@register.simple_tag
def error_prefix(*parts: BaseForm | BaseFormSet[Any] | None) -> str:
    """What a page's title starts with when something needs mending: 有误：."""
    wrong = any(part is not None and part.is_bound and next(problems_of(part), None) for part in parts)
    return _("有误：") if wrong else ""


@register.filter
def option_attributes(option: BoundWidget) -> SafeString:
    """The attributes of one radio or tick of several: id, checked and so on."""
    return format_html(
        "{}", flatatt({**option.data["attrs"], "value": option.data["value"], "name": option.data["name"]})
    )


@register.filter
def consequence(consequences: dict[str, Any], option: BoundWidget) -> str:
    """The small print under an option: what follows from choosing it."""
    return str(consequences.get(str(option.data["value"]), ""))
