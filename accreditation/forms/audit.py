"""What is looked for in the archive."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.models import Cycle, Organisation
from accreditation.queries.archive import Lookup
from accreditation.queries.record import KINDS, Wanted
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


class RecordSearch(forms.Form):
    """What is looked for in the record of one application. What cannot be understood is left out, never an error."""

    WORDS = dict(
        zip(KINDS, (pgettext_lazy("记录", "决定"), _("交接、意见与签署"), _("查阅材料")), strict=True)
    )

    q = forms.CharField(label=_("查找文字或姓名"), max_length=60, required=False, widget=forms.SearchInput)
    kind = forms.ChoiceField(label=_("种类"), required=False)
    order = forms.ChoiceField(
        label=_("排列"), choices=[("", _("最早在前")), ("new", _("最新在前"))], required=False
    )

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [("", _("全部")), *((kind, self.WORDS[kind]) for kind in kinds)]

    def wanted(self) -> Wanted:
        """Return what was understood."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            kind=said.get("kind", ""),
            words=said.get("q", "").strip(),
            newest_first=said.get("order") == "new",
        )
