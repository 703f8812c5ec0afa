"""What is looked for in the archive."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import Cycle, Organisation
from accreditation.queries.archive import Lookup
from accreditation.states import State


class ArchiveSearch(forms.Form):
    """A GET form. What cannot be understood in an address is left out, never an error."""

    q = forms.CharField(
        label=_("查找工作室、领军人物、单位或编号"), max_length=60, required=False, widget=forms.SearchInput
    )
    state = forms.ChoiceField(label=_("现状"), required=False)
    district = forms.ChoiceField(label=_("推荐单位"), required=False)
    cycle = forms.ChoiceField(label=_("批次"), required=False)

    def __init__(
        self, *args: Any, districts: Iterable[Organisation], cycles: Iterable[Cycle], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.value, state.label) for state in State if state != State.DRAFT]
        self._choose("state", states)
        self._choose("district", [(body.code, body.name) for body in districts])
        self._choose("cycle", [(cycle.code, cycle.title) for cycle in cycles])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("全部")), *choices]

    def lookup(self) -> Lookup:
        """Return what was understood."""
        self.is_valid()
        said = self.cleaned_data
        return Lookup(
            words=said.get("q", "").strip(),
            state=said.get("state", ""),
            district=said.get("district", ""),
            cycle=said.get("cycle", ""),
        )
