"""Rows picked from a list, each with the version that the page showed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Pick:
    """A row of a list: which one, and the version of it that was seen."""

    public_id: UUID
    version: int


class PicksField(forms.Field):
    """Ticks whose values are `UUID:version`; the page draws them itself, in a table."""

    widget = hidden_widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("选择工作室"),
        "invalid": _("重新打开这一页，再选择工作室"),
    }

    def to_python(self, value: Any) -> list[Pick]:
        """Read the values. Raises ValidationError for one that no page of ours has made."""
        return [self._pick(str(one)) for one in value or ()]

    def _pick(self, value: str) -> Pick:
        public_id, _sep, version = value.partition(":")
        if not (version.isascii() and version.isdecimal() and len(version) < 10):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return Pick(UUID(public_id), int(version))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


@dataclass(frozen=True)
class Planned:
    """What a preview showed of one row: the row in the version seen, and the people it is given to."""

    pick: Pick
    people: Sequence[UUID]

    @property
    def value(self) -> str:
        """Return it as a page carries it: `ROW:VERSION:PERSON,PERSON`."""
        return f"{self.pick.public_id}:{self.pick.version}:{','.join(str(one) for one in self.people)}"


class PlannedField(PicksField):
    """Ticks whose values are those of `Planned`, made by our own pages."""

    def to_python(self, value: Any) -> list[Any]:
        """Read the values, each application once. Raises ValidationError for one that no page of ours has made."""
        planned = [self._planned(str(one)) for one in value or ()]
        return list({one.pick.public_id: one for one in planned}.values())

    def _planned(self, value: str) -> Planned:
        head, _colon, people = value.rpartition(":")
        try:
            return Planned(self._pick(head), list(dict.fromkeys(UUID(one) for one in people.split(","))))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
