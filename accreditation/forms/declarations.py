"""What somebody declares: in which enterprises they have an interest, or in none."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import Organisation

NONE, SOME = "none", "some"
LONGEST_NOTE = 120
LONGEST_WORDS = 60


class DeclarationForm(forms.Form):
    """Whether there is an interest, in which enterprises, and what it is; the page draws the enterprises itself."""

    whether = forms.ChoiceField(
        label=_("您与本批次的申报单位"),
        choices=[(NONE, _("都没有利害关系")), (SOME, _("与下列单位有利害关系"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("选择有没有利害关系"),
            "invalid_choice": _("选择有没有利害关系"),
        },
    )
    words = forms.CharField(label=_("按名称查找单位"), max_length=LONGEST_WORDS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.picked = self._picked()

    def _picked(self) -> list[Organisation]:
        """Return the enterprises that were ticked, by name; what is none is passed over."""
        if not self.is_bound:
            return []
        wanted = {key for key in map(_uuid, self.data.getlist("enterprises")) if key}  # type: ignore[attr-defined]
        enterprises = Organisation.objects.filter(kind=Organisation.Kind.ENTERPRISE, public_id__in=wanted)
        return list(enterprises.order_by("name", "pk"))

    def notes(self) -> dict[Organisation, str]:
        """Return what was written about each of the enterprises."""
        return {one: self.data.get(note_name(one), "").replace("\0", "").strip() for one in self.picked}

    def clean(self) -> dict[str, Any]:
        """An interest names its enterprises; without an interest there are none."""
        cleaned = super().clean() or {}
        if cleaned.get("whether") == SOME and not self.picked:
            self.add_error("words", _("选择有利害关系的单位"))
        if any(len(note) > LONGEST_NOTE for note in self.notes().values()):
            self.add_error("words", _("每项说明写在120字以内"))
        return cleaned

    def interests(self) -> Mapping[Organisation, str]:
        """Return what is declared."""
        return self.notes() if self.cleaned_data["whether"] == SOME else {}


def note_name(enterprise: Organisation) -> str:
    """Return the field in which the interest in an enterprise is described."""
    return f"note-{enterprise.public_id}"


def initial_of(declared: Mapping[int, str] | None) -> dict[str, str]:
    """Return what the form shows at first: what was declared before."""
    return {} if declared is None else {"whether": SOME if declared else NONE}


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def chosen(enterprises: Iterable[Organisation]) -> set[int]:
    """Return the keys of enterprises."""
    return {one.pk for one in enterprises}
