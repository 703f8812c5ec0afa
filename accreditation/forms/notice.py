"""Publishing a notice, ruling on objections, seating experts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.picks import PicksField
from accreditation.models import User


class NoticeForm(forms.Form):
    """The studios to announce together, and what the notice says."""

    applications = PicksField(label=_("工作室"), error_messages={"required": _("选择要公示的工作室")})
    title = forms.CharField(label=_("标题"), max_length=160, error_messages={"required": _("填写标题")})
    contact = forms.CharField(
        label=_("受理异议的联系方式"),
        max_length=160,
        help_text=_("部门、电话或信箱，登在公示上。"),
        error_messages={"required": _("填写受理异议的联系方式")},
    )


class RulingForm(forms.Form):
    """The ruling on an application's open objections, with the reason."""

    DISMISS, UPHOLD, REJECT = "dismiss", "uphold", "reject"
    OUTCOMES = (
        (DISMISS, _("异议不成立")),
        (UPHOLD, _("异议成立，重新审定")),
        (REJECT, _("异议成立，不予推荐")),
    )
    outcome = forms.ChoiceField(
        label=_("处理意见"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("选择处理意见"), "invalid_choice": _("选择处理意见")},
    )
    reason = forms.CharField(
        label=_("理由"),
        widget=forms.Textarea,
        max_length=4000,
        help_text=_("写明核查经过和结论。提出人凭受理编号可以查看这段理由，不写涉及他人隐私的内容。"),
        error_messages={"required": _("写明理由")},
    )

    def __init__(self, *args: Any, consequences: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["outcome"]
        field.consequences = consequences


class PanelForm(forms.Form):
    """The experts to seat on an application's panel; the page draws the choices itself."""

    experts = forms.ModelMultipleChoiceField(
        label=_("专家"),
        queryset=User.objects.filter(is_active=True),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("选择专家"),
            "invalid_choice": _("重新打开这一页，再选择专家"),
            "invalid_pk_value": _("重新打开这一页，再选择专家"),
        },
    )
