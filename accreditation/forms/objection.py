"""An objection to a studio on public notice."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ObjectionForm(forms.Form):
    """Who objects, how to reach them, and why. Anonymous objections are not taken (domain rule)."""

    name = forms.CharField(
        label=_("姓名或单位"),
        max_length=120,
        help_text=_("实名提出。只有办理异议的人员看得到。"),
        error_messages={"required": _("填写姓名或单位名称")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(
        label=_("联系方式"),
        max_length=120,
        help_text=_("电话、邮箱或通信地址，核查时与您联系。"),
        error_messages={"required": _("填写电话、邮箱或通信地址")},
    )
    grounds = forms.CharField(
        label=_("理由"),
        max_length=4000,
        widget=forms.Textarea,
        help_text=_("写明对哪一点有异议，事实和依据是什么。"),
        error_messages={"required": _("写明理由"), "max_length": _("理由写在4000字以内")},
    )
