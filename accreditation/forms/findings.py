"""疑点: what is looked for, and what an auditor writes when one was examined."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.review import LONGEST
from accreditation.models import Cycle, Organisation
from accreditation.queries.findings.catalogue import RULES
from accreditation.queries.findings.listing import ALL, EXAMINED, OPEN, Wanted


class FindingSearch(forms.Form):
    """A GET form. What cannot be understood in an address is left out, never an error."""

    q = forms.CharField(
        label=_("查找人员、工作室、单位或编号"), max_length=60, required=False, widget=forms.SearchInput
    )
    rule = forms.ChoiceField(label=_("规则"), required=False)
    office = forms.ChoiceField(label=_("组织"), required=False)
    cycle = forms.ChoiceField(label=_("批次"), required=False)
    state = forms.ChoiceField(
        choices=[(code, code) for code in (OPEN, EXAMINED, ALL)], required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, offices: Iterable[Organisation], cycles: Iterable[Cycle], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("rule", [(rule.code, rule.name) for rule in RULES])
        self._choose("office", [(office.code, office.label) for office in offices])
        self._choose("cycle", [(cycle.code, cycle.title) for cycle in cycles])

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("全部")), *choices]

    def wanted(self) -> Wanted:
        """Return what was understood; what still waits, unless something else is asked for."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            rule=said.get("rule", ""),
            state=said.get("state", "") or OPEN,
            cycle=said.get("cycle", ""),
            office=said.get("office", ""),
            words=said.get("q", "").strip(),
        )


class ExamineForm(forms.Form):
    """What an auditor found when they looked themselves."""

    note = forms.CharField(
        label=_("核查情况"),
        help_text=_("看了什么、问了谁、结论是什么。写入不可更改的记录，有权查档的人看得到。"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("写明核查情况"),
            "max_length": _("核查情况不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )


class ReopenForm(forms.Form):
    """Why it is to be examined again."""

    reason = forms.CharField(
        label=_("撤销的理由"),
        help_text=_("原来的核查情况仍留在记录中。"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("写明理由"),
            "max_length": _("理由不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )
