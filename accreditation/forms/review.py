"""What a reviewer writes: a decision with its reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accreditation.completeness import STEPS
from accreditation.facts import Document
from accreditation.forms.marks import MarksField, StepTicks, ticks
from accreditation.models import Application
from accreditation.states import Level, State

DECISIONS: dict[str, Promise] = {
    "recommend": pgettext_lazy("决定", "推荐"),
    "approve": pgettext_lazy("决定", "列入拟公示名单"),
    "send_back": pgettext_lazy("决定", "退回申报单位补正"),
    "return_to_district": pgettext_lazy("决定", "退回区县或产业工会"),
    "return_to_enterprise": pgettext_lazy("决定", "退回基层工会"),
    "reject": pgettext_lazy("决定", "不予推荐"),
}
"""The decisions of the review page, in the order in which they are offered."""
SIGN = gettext_lazy("签署决定")
BUTTONS: dict[str, Promise] = {
    "recommend": gettext_lazy("签署并推荐"),
    "approve": gettext_lazy("签署并列入名单"),
    "send_back": gettext_lazy("签署并退回申报单位"),
    "return_to_district": gettext_lazy("签署并退回区县或产业工会"),
    "return_to_enterprise": gettext_lazy("签署并退回基层工会"),
    "reject": gettext_lazy("签署不予推荐"),
}
RETURN_TO = {"return_to_district": Level.DISTRICT, "return_to_enterprise": Level.ENTERPRISE}
"""The decisions that return to an earlier level."""
RETURNS = ("send_back", *RETURN_TO)
LONGEST = 2000


class Choices(forms.RadioSelect):
    """Radios that tell the signing button what to say."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Put the button's words on the radio."""
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-button"] = str(BUTTONS.get(str(value), SIGN))
        return option


class DecisionForm(forms.Form):
    """Which decision, the parts of the form that a return speaks of, and the reason."""

    decision = forms.ChoiceField(
        label=gettext_lazy("决定"),
        widget=Choices,
        error_messages={
            "required": gettext_lazy("选择一个决定"),
            "invalid_choice": gettext_lazy("选择一个决定"),
        },
    )
    steps = forms.MultipleChoiceField(
        label=gettext_lazy("退回时标明涉及的部分"),
        choices=[(step, step) for step in STEPS],
        required=False,
        error_messages={"invalid_choice": MarksField.default_error_messages["invalid"]},
    )
    marked_fields = MarksField(label=gettext_lazy("退回时标明涉及的内容"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("申报单位看得到，写入不可更改的记录。"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("写明理由"),
            "max_length": gettext_lazy("理由不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )

    def __init__(
        self,
        *args: Any,
        decisions: Sequence[str],
        consequences: Mapping[str, Any],
        document: Document | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.decisions = decisions
        self.document = document or {}
        decision: Any = self.fields["decision"]
        decision.choices = [(code, DECISIONS[code]) for code in decisions]
        decision.consequences = consequences

    @property
    def step(self) -> str:
        """The step of the process that is chosen. A clean form only."""
        decision: str = self.cleaned_data["decision"]
        return "return_to_level" if decision in RETURN_TO else decision

    def facts(self) -> dict[str, Any]:
        """Return what the decision's service takes beside the reason. A clean form only."""
        decision = self.cleaned_data["decision"]
        if decision not in RETURNS:
            return {}
        marked = {"steps": self.cleaned_data["steps"], "fields": self.cleaned_data["marked_fields"]}
        return marked | ({"level": RETURN_TO[decision]} if decision in RETURN_TO else {})

    @property
    def returns(self) -> bool:
        """Whether a return is offered, so that there is something to mark."""
        return any(name in self.decisions for name in RETURNS)

    @property
    def chosen(self) -> str:
        """The decision that is chosen, as it was sent."""
        return str(self["decision"].value() or "")

    @property
    def marks(self) -> list[StepTicks]:
        """What can be marked, step by step, with what is ticked."""
        return ticks(self.document, self["steps"].value() or (), self["marked_fields"].value() or ())

    @property
    def marked(self) -> int:
        """How much is ticked."""
        return sum(step.count for step in self.marks)

    @property
    def button(self) -> str:
        """The words on the signing button: they repeat what is chosen."""
        return str(BUTTONS.get(self.chosen, SIGN))


class RecallForm(forms.Form):
    """Taking a decision back: a reason may be given."""

    reason = forms.CharField(
        label=gettext_lazy("说明"),
        help_text=gettext_lazy("申报单位看得到，写入不可更改的记录。"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": gettext_lazy("说明不超过%(limit_value)d字，现在%(show_value)d字")},
    )


def consequences(application: Application, quota: Any) -> dict[str, str]:
    """Return what follows from each decision, as things stand."""
    return {
        "recommend": _onward(application, quota),
        "approve": _("列入下一次公示的名单"),
        "send_back": _("由%(enterprise)s补正，重新提交后直接回到%(office)s")
        % {"enterprise": application.enterprise.label, "office": _here(application).label},
        **{name: _back_and_forth(application, level) for name, level in RETURN_TO.items()},
        "reject": _("本批次终止，申报单位可看到理由"),
    }


def _owed(application: Application) -> str:
    return getattr(application.office_at(application.owed_to), "label", "")


def _here(application: Application) -> Any:
    return application.office_at(application.level)


def _back_and_forth(application: Application, level: Level) -> str:
    said = {"below": getattr(application.office_at(level), "label", ""), "office": _here(application).label}
    return _("由%(below)s重新审核，推荐后直接回到%(office)s；申报内容不变") % said


def _onward(application: Application, quota: Any) -> str:
    if application.owed_to:
        return _("直接回到%(office)s，由其退回") % {"office": _owed(application)}
    if application.state == State.ENTERPRISE_REVIEW:
        return _("报%(office)s审核") % {"office": application.district.label}
    if quota is None:
        return _("本批次没有分配名额，不能推荐")
    said = {"office": application.city.label, "places": quota.places, "used": quota.used}
    return _("报%(office)s，占名额1个（名额%(places)d，已推荐%(used)d）") % said
