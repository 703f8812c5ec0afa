"""Begin an application; take one back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.applicant.fields import TOO_LONG
from accreditation.models import Cycle, Organisation


class StartForm(forms.Form):
    """For which enterprise, in which cycle, led by whom."""

    enterprise = forms.ChoiceField(
        label=_("申报单位"),
        error_messages={"required": _("选择申报单位"), "invalid_choice": _("选择申报单位")},
    )
    cycle = forms.ChoiceField(
        label=_("批次"),
        widget=forms.RadioSelect,
        error_messages={"required": _("选择批次"), "invalid_choice": _("选择一个正在受理的批次")},
    )
    leader_name = forms.CharField(
        label=_("领军人物姓名"),
        max_length=60,
        help_text=_("工作室以此命名：姓名加“劳模创新工作室”"),
        error_messages={"required": _("填写领军人物姓名"), "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        enterprises: Sequence[Organisation],
        cycles: Sequence[Cycle],
        consequences: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.enterprises = {enterprise.code: enterprise for enterprise in enterprises}
        self.cycles = {cycle.code: cycle for cycle in cycles}
        offered, running = self.fields["enterprise"], self.fields["cycle"]
        offered.choices = [(code, enterprise.name) for code, enterprise in self.enterprises.items()]  # type: ignore[attr-defined]
        running.choices = [(code, cycle.title) for code, cycle in self.cycles.items()]  # type: ignore[attr-defined]
        running.consequences = consequences  # type: ignore[attr-defined]

    def clean_enterprise(self) -> Organisation:
        return self.enterprises[self.cleaned_data["enterprise"]]

    def clean_cycle(self) -> Cycle:
        return self.cycles[self.cleaned_data["cycle"]]


class WithdrawForm(forms.Form):
    """Why. A draft may go without a word; what others have read may not."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("写明理由"), "max_length": TOO_LONG},
    )

    def __init__(self, *args: Any, is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not is_draft
        self.fields["reason"].help_text = "" if is_draft else _("各级审核人会看到。")
