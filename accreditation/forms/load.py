"""Which works go to whom, as the page that showed the plan carries it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class PlannedMove:
    """An application, to whom it goes, who has it now (None: nobody), and how long its ledger was then (or -1)."""

    application: UUID
    to: UUID
    seen: UUID | None
    sequence: int


class MovesField(forms.Field):
    """Hidden values `APPLICATION:TO:SEEN:SEQUENCE`, made by our own pages; SEEN and SEQUENCE may be empty."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("没有要分派的。"),
        "invalid": _("重新打开这一页，再分派"),
    }

    def to_python(self, value: Any) -> list[PlannedMove]:
        """Read the values, each application once. Raises ValidationError for one that no page of ours has made."""
        moves = [self._move(str(one)) for one in value or ()]
        return list({move.application: move for move in moves}.values())

    def _move(self, value: str) -> PlannedMove:
        try:
            application, to, seen, sequence = value.split(":")
            said = int(sequence) if sequence else -1
            return PlannedMove(UUID(application), UUID(to), UUID(seen) if seen else None, said)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MovesForm(forms.Form):
    """The moves of a plan."""

    moves = MovesField()

    @classmethod
    def value_of(cls, application: UUID, to: UUID, seen: UUID | None, sequence: int | None = None) -> str:
        """Return a move as a page carries it."""
        return f"{application}:{to}:{seen or ''}:{'' if sequence is None else sequence}"
