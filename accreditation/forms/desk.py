"""What is looked for on the desk."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.queries.desk import PARTS, Search
from accreditation.states import State

PANELS = "panels"
"""Shows what the experts are scoring, to those who decide for the city."""


class DeskSearch(forms.Form):
    """A GET form. What cannot be understood in an address is left out, never an error."""

    q = forms.CharField(
        label=_("查找工作室、领军人物、单位或编号"), max_length=60, required=False, widget=forms.SearchInput
    )
    stage = forms.ChoiceField(label=_("环节"), required=False)
    show = forms.ChoiceField(
        choices=[(part, part) for part in (*PARTS, PANELS)], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, stages: Sequence[State], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(stages) > 1:
            stage: Any = self.fields["stage"]
            stage.choices = [
                ("", _("全部")),
                *((stage.value, stage.label) for stage in stages),
            ]
        else:
            del self.fields["stage"]

    def search(self) -> Search:
        """Return what was understood."""
        self.is_valid()
        return Search(
            words=self.cleaned_data.get("q", "").strip(),
            stage=self.cleaned_data.get("stage", ""),
            show=self.cleaned_data.get("show", ""),
        )
