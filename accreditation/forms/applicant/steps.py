"""The single fields of each step."""

from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.form_steps import REQUIRED
from accreditation.forms.applicant.fields import TOO_LONG, formfield, split_figures, tell_day
from accreditation.models import Application
from accreditation.services.draft import FIELDS, Content

IDS = {
    "activity_ledger": "id_ledger",
    "contact_name": "id_name",
    "contact_phone": "id_phone",
    "contact_email": "id_email",
    "leader_title": "id_title",
    "leader_name": "id_name",
}
"""Columns that the application document, and with it the list of what is missing, calls otherwise."""
HINTS: dict[str, Promise] = {
    "industry": _("如化工、电力、装备制造"),
    "staff": _("在册职工。约数写数字并选修饰词，如2000、余"),
    "founded": _("工作室成立的年月，如2010-05。不写前身攻关小组的成立时间"),
    "area": _("固定场所的使用面积"),
    "equipment": _("主要设备、工具与资料"),
    "investment": _("成立以来单位投入的资金"),
    "budget": _("每年固定列支的经费"),
    "budget_sources": _("如单位列支、工会专项"),
    "post": _("如首席技师、班组长"),
    "results": _("本人主导的创新成果，尤其近三年的"),
    "narrative": _("领军人物和工作室的主要事迹"),
    "statement": _("工作室承担什么：攻关、带徒、培训、交流"),
    "activity_ledger": _("活动怎样登记，台账由谁保管"),
    "plan": _("年初怎样计划，年末怎样总结"),
    "contact_email": _("收通知用，不公开"),
}
NEEDED_TOO = frozenset({"id_title", "id_skill_grade", "id_in_service", "id_narrative"})
LABELS: dict[str, Promise] = {
    "staff": _("职工人数"),
    "area": _("使用面积"),
    "investment": _("累计投入"),
    "budget": _("年度经费"),
}
MAILS = {"contact_email": _("填写电子邮箱，如name@example.com")}


class StepForm(forms.ModelForm):
    """A step's columns. Nothing is required here; what is missing is told before submitting."""

    step = ""
    use_required_attribute = False

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tell_day(self, today)
        fields: dict[str, Any] = self.fields
        for name, field in fields.items():
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, field.help_text)
            if name in IDS:
                field.widget.attrs["id"] = IDS[name]
            if name in MAILS:
                field.error_messages["invalid"] = MAILS[name]

    def clean(self) -> dict[str, Any]:
        split_figures(self)
        return self.cleaned_data

    def mark_needed(self) -> None:
        """Let the page mark as optional only what is not asked for at all. After cleaning, which asks for nothing."""
        self.is_valid()
        needed = {f"id_{key}" for key in REQUIRED.get(self.step, {})} | NEEDED_TOO
        for name, field in self.fields.items():
            field.required = field.required or field.widget.attrs.get("id", f"id_{name}") in needed

    def content(self, tables: dict[str, list[dict[str, Any]]]) -> Content:
        """Return what is to be saved. A clean form only."""
        fields = {name: self.cleaned_data[name] for name in FIELDS[self.step]}
        return Content(fields, tables, self.cleaned_data.get("leader_name"))


def _of(step: str) -> type:
    """Return the Meta of a step's form."""
    return type("Meta", (), {"model": Application, "fields": FIELDS[step], "formfield_callback": formfield})


class EnterpriseForm(StepForm):
    step = "enterprise"
    Meta = _of(step)


class StudioForm(StepForm):
    step = "studio"
    Meta = _of(step)


class LeaderForm(StepForm):
    """The leader's name names the studio, so it is kept there."""

    step = "leader"
    Meta = _of(step)
    field_order = ["leader_name", *FIELDS["leader"]]

    leader_name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        required=True,
        help_text=_("工作室以此命名：姓名加“劳模创新工作室”"),
        error_messages={"required": _("填写领军人物姓名"), "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    in_service = forms.TypedChoiceField(
        label=_("是否在职"),
        required=False,
        choices=[("True", _("在职")), ("False", _("已退休或离岗"))],
        coerce=lambda value: value == "True",
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("选择是否在职")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("leader_name", self.instance.studio.leader_name)


class TeamForm(StepForm):
    step = "team"
    Meta = _of(step)

    not_one_crew = forms.BooleanField(
        label=_("团队不是整建制的研发部门或单一班组"),
        required=False,
        help_text=_("由申报单位声明，属于硬性条件。"),
    )


class FunctionsForm(StepForm):
    step = "functions"
    Meta = _of(step)


class TopicsForm(StepForm):
    """All in tables."""

    step = "topics"
    Meta = _of(step)


class MechanismForm(StepForm):
    step = "mechanism"
    Meta = _of(step)


class ContactForm(StepForm):
    step = "contact"
    Meta = _of(step)


FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        EnterpriseForm, StudioForm, LeaderForm, TeamForm, FunctionsForm, TopicsForm, MechanismForm, ContactForm,
    )
}  # fmt: skip
