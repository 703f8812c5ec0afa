"""A cycle's dates and numbers, its quotas and its experts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import Cycle, Organisation, Quota, Rubric, StudioLevel, User

LEVELS = (StudioLevel.DISTRICT, StudioLevel.CITY, StudioLevel.DEMONSTRATION)
MOST = 9999  # places, days, cards: anything above is a slip of the finger


def moment_field(label: Any, missing: Any) -> forms.DateTimeField:
    """A date with a time, as browsers send it; `missing` says what to do when it is empty."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"required": missing, "invalid": _("填写日期和时间，如2026-08-03 09:00")},
    )


def count_field(label: Any, missing: Any = "", *, least: int = 1, **kwargs: Any) -> forms.IntegerField:
    """A whole number from `least` on; `missing` says what to do when it is empty."""
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=MOST,
        error_messages={
            "required": missing,
            "invalid": _("填写整数"),
            "min_value": _("填写不小于%(limit_value)s的整数"),
            "max_value": _("填写不大于%(limit_value)s的整数"),
        },
        **kwargs,
    )


class CycleForm(forms.Form):
    """What may be changed while a cycle runs."""

    title = forms.CharField(label=_("名称"), max_length=120, error_messages={"required": _("填写名称")})
    opens_at = moment_field(_("开始受理"), _("填写开始受理的日期和时间"))
    closes_at = moment_field(_("截止受理"), _("填写截止受理的日期和时间"))
    quorum = count_field(
        _("法定评分卡数"), _("填写法定评分卡数"), help_text=_("交满此数才能结束评分。"), initial=3
    )
    review_days = count_field(
        _("每级办理时限"), _("填写办理时限"), help_text=_("从到达的次日起算。"), initial=10
    )
    notice_days = count_field(
        _("公示期"), _("填写公示期"), help_text=_("公示当日是工作日的计入。"), initial=5
    )

    def settings(self) -> dict[str, Any]:
        """Return what `change_cycle` takes."""
        return {name: self.cleaned_data[name] for name in CycleForm.base_fields}


class NewCycleForm(CycleForm):
    """A cycle to be opened: its code, level and rubric stay as they are chosen here."""

    code = forms.SlugField(
        label=_("代码"),
        max_length=20,
        help_text=_("要含年份，如2026；得分中的年限从这一年往回计算。"),
        error_messages={"required": _("填写代码"), "invalid": _("代码只用字母、数字、短横和下划线")},
    )
    level = forms.ChoiceField(
        label=_("申报级别"),
        choices=[(level.value, level.label) for level in LEVELS],
        initial=StudioLevel.CITY,
        widget=forms.RadioSelect,
        error_messages={"required": _("选择申报级别")},
    )
    rubric = forms.ModelChoiceField(
        label=_("评审标准"),
        queryset=Rubric.objects.order_by("-loaded_at"),
        to_field_name="version",
        empty_label=None,
        error_messages={"required": _("选择评审标准"), "invalid_choice": _("选择评审标准")},
    )
    field_order = ["code", "title", "level", "rubric"]

    def clean_code(self) -> str:
        """The year must be readable from the code, and "new" is the address of this page."""
        code: str = self.cleaned_data["code"]
        if not any(code[start : start + 4].isdigit() for start in range(len(code) - 3)):
            raise forms.ValidationError(_("代码要含四位年份，如2026"))
        return code


class QuotaForm(forms.Form):
    """How many each district, industry or group union may recommend; empty leaves it without a quota."""

    def __init__(self, *args: Any, bodies: Iterable[Organisation], cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = list(bodies)
        self.quotas: dict[int, Quota] = {quota.organisation_id: quota for quota in cycle.quotas.all()}
        for body in self.bodies:
            quota = self.quotas.get(body.pk)
            self.fields[f"places-{body.code}"] = count_field(
                body.name, least=0, required=False, initial=quota.places if quota else None
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return what the table shows."""
        return [
            {
                "body": body,
                "field": self[f"places-{body.code}"],
                "used": self.quotas[body.pk].used if body.pk in self.quotas else 0,
            }
            for body in self.bodies
        ]

    def places(self) -> dict[Organisation, int]:
        """Return the places that were filled in."""
        given = {body: self.cleaned_data.get(f"places-{body.code}") for body in self.bodies}
        return {body: count for body, count in given.items() if count is not None}


class ExpertsForm(forms.Form):
    """The experts who are proposed whenever an application gets its panel."""

    experts = forms.ModelMultipleChoiceField(
        label=_("专家"),
        queryset=User.objects.none(),
        to_field_name="public_id",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("重新打开这一页，再选择专家"),
            "invalid_pk_value": _("重新打开这一页，再选择专家"),
        },
    )

    def __init__(self, *args: Any, reviewers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["experts"]
        field.queryset = reviewers
