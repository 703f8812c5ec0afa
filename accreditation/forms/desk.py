"""What is looked for on the desk, and under which name a search is kept."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accreditation.models import Cycle, SavedSearch
from accreditation.queries.desk import PARTS, Search
from accreditation.queries.task_list import ORDERS
from accreditation.states import State

PANELS = "panels"
"""Shows what the experts are scoring, to those who decide for the city."""
ALL = ("", _("全部"))


class DeskSearch(forms.Form):
    """A GET form. What cannot be understood in an address is left out, never an error."""

    q = forms.CharField(
        label=_("查找工作室、领军人物、单位或编号"), max_length=60, required=False, widget=forms.SearchInput
    )
    stage = forms.ChoiceField(label=_("环节"), required=False)
    cycle = forms.ChoiceField(label=_("批次"), required=False)
    order = forms.ChoiceField(
        label=_("排列"),
        choices=list(zip(ORDERS, (_("按到期日"), _("按到达时间")), strict=True)),
        required=False,
    )
    show = forms.ChoiceField(
        choices=[(part, part) for part in (*PARTS, PANELS)], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, stages: Sequence[State], cycles: Sequence[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("stage", [(stage.value, stage.label) for stage in stages])
        self._offer("cycle", [(cycle.code, cycle.title) for cycle in cycles])

    def _offer(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        """Let the reader choose among these; where there is nothing to choose, the field is left out."""
        if len(choices) > 1:
            field: Any = self.fields[name]
            field.choices = [ALL, *choices]
        else:
            del self.fields[name]

    def search(self) -> Search:
        """Return what was understood."""
        self.is_valid()
        understood = self.cleaned_data
        return Search(
            words=understood.get("q", "").strip(),
            stage=understood.get("stage", ""),
            cycle=understood.get("cycle", ""),
            show=understood.get("show", ""),
            order=understood.get("order", ""),
        )


def query_of(search: Search) -> str:
    """Return the search as the query of an address, as `DeskSearch` reads it."""
    parts = QueryDict(mutable=True)
    names = ("q", search.words), ("stage", search.stage), ("cycle", search.cycle)
    for name, value in (*names, ("order", search.order), ("show", search.show)):
        if value:
            parts[name] = value
    return parts.urlencode()


class SavedSearchForm(forms.Form):
    """The name of a saved search."""

    name = forms.CharField(
        label=_("名称"),
        max_length=SavedSearch._meta.get_field("name").max_length,
        error_messages={"required": _("填写名称"), "max_length": _("名称不超过%(limit_value)d字")},
    )
