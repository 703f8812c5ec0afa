"""Rows picked from a list, each with the version that the page showed."""

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

    widget = forms.MultipleHiddenInput
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
