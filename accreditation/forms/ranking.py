"""The order of candidates as a page sends it: a list of identifiers, one of them moved, or places typed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

UP, DOWN = "up", "down"
AGAIN = _("重新打开这一页，再排序")
MOVE = r"^(up|down):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class OrderField(forms.Field):
    """The candidates that can be moved, in the order of the page."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": AGAIN, "required": AGAIN}

    def to_python(self, value: Any) -> list[UUID]:
        """Read the identifiers. Raises ValidationError for what no page of ours has sent."""
        try:
            return [UUID(str(one)) for one in value or ()]
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class RankingForm(forms.Form):
    """An order: as it is sent, sorted by the places typed (`place-UUID`), then with one moved (`move` is `up:UUID`)."""

    order = OrderField()
    move = forms.RegexField(
        MOVE,
        required=False,
        error_messages={"invalid": AGAIN},
    )

    def arranged(self) -> list[UUID]:
        """Return the order that is asked for. Only for a valid form."""
        sent: list[UUID] = list(self.cleaned_data["order"])
        typed = [_number(self.data, f"place-{one}") for one in sent]
        shown = [_number(self.data, f"was-{one}") for one in sent]
        order = placed(sent, typed, shown)
        way, _colon, public_id = self.cleaned_data["move"].partition(":")
        return moved(order, UUID(public_id), way) if public_id else order


def moved(order: Sequence[UUID], public_id: UUID, way: str) -> list[UUID]:
    """Return the order with one candidate a place up or down; at the end of the list nothing moves."""
    arranged = list(order)
    if public_id in arranged:
        here = arranged.index(public_id)
        there = here + (-1 if way == UP else 1)
        if 0 <= there < len(arranged):
            arranged[here], arranged[there] = arranged[there], arranged[here]
    return arranged


def placed(order: Sequence[UUID], typed: Sequence[int | None], shown: Sequence[int | None]) -> list[UUID]:
    """Return the order sorted by the places typed; `shown` are those that the page showed.

    Of two with the same place the one that was moved there goes first when it came up, last when it went down.
    """

    def key(index: int) -> tuple[int, int, int]:
        was = shown[index] or index + 1
        wished = typed[index] or was
        return wished, (wished > was) - (wished < was), index

    return [order[index] for index in sorted(range(len(order)), key=key)]


def _number(data: QueryDict | Any, name: str) -> int | None:
    said = str(data.get(name, "")).strip()
    return int(said) if said.isascii() and said.isdecimal() and 0 < len(said) < 5 else None
