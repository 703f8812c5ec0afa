"""Certificates: what is looked for, and what is asked for before one is revoked, issued anew or renewed."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.queries.certificates import Lookup
from certificates.forms import validate_drawable
from certificates.models import Certificate
from certificates.standing import Standing

STANDINGS: dict[str, Any] = {
    Standing.VALID: _("有效"),
    Standing.PENDING: _("制证中"),
    Standing.EXPIRED: _("已到期"),
    Standing.SUPERSEDED: _("已被更新"),
    Standing.REVOKED: _("已撤销"),
}
NOTHING_CORRECTED = _("改正至少一处；都没有错就不必重发")


class CertificateSearch(forms.Form):
    """A GET form. What cannot be understood in an address is left out, never an error."""

    q = forms.CharField(
        label=_("查找编号、工作室或单位"), max_length=60, required=False, widget=forms.SearchInput
    )
    state = forms.ChoiceField(
        label=_("现状"),
        choices=[("", _("全部")), *((str(one), word) for one, word in STANDINGS.items())],
        required=False,
    )

    def lookup(self) -> Lookup:
        """Return what was understood."""
        self.is_valid()
        said = self.cleaned_data
        return Lookup(words=said.get("q", "").replace("\0", "").strip(), state=said.get("state", ""))


class EndingForm(forms.Form):
    """Why a certificate ends: whoever verifies it can read that."""

    reason = forms.CharField(
        label=_("理由"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("任何人查验这张证书都能看到，写明依据的文号，不写涉及个人隐私的内容。"),
        error_messages={"required": _("写明理由")},
    )

    def __init__(self, *args: Any, certificate: Certificate, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": self.proposed(certificate, today)})

    def proposed(self, _certificate: Certificate, _today: date) -> dict[str, Any]:
        """Return what stands in the form at first."""
        return {}


class RevokeForm(EndingForm):
    """The day from which a certificate holds no more, and why."""

    ended_on = forms.DateField(
        label=_("撤销日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("从这一天起证书不再有效，最晚是今天。"),
        error_messages={"required": _("填写撤销日期"), "invalid": _("填写撤销日期，如2027-03-20")},
    )
    field_order = ("ended_on", "reason")

    def proposed(self, _certificate: Certificate, today: date) -> dict[str, Any]:
        """Return today."""
        return {"ended_on": today}


class ReissueForm(EndingForm):
    """The names and the title as they should stand on the certificate."""

    studio_name = forms.CharField(
        label=_("工作室名称"),
        max_length=100,
        validators=[validate_drawable],
        error_messages={"required": _("填写工作室名称")},
    )
    enterprise_name = forms.CharField(
        label=_("单位名称"),
        max_length=100,
        validators=[validate_drawable],
        error_messages={"required": _("填写单位名称")},
    )
    title = forms.CharField(
        label=_("称号"),
        max_length=60,
        validators=[validate_drawable],
        error_messages={"required": _("填写称号")},
    )
    field_order = ("studio_name", "enterprise_name", "title", "reason")

    def proposed(self, certificate: Certificate, _today: date) -> dict[str, Any]:
        """Return what stands on the certificate."""
        return {name: getattr(certificate, name) for name in ("studio_name", "enterprise_name", "title")}

    def clean(self) -> dict[str, Any]:
        """Ask for a correction."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and all(said[name] == text for name, text in self.initial.items()):
            self.add_error("studio_name", forms.ValidationError(NOTHING_CORRECTED))
        return said


class RenewForm(EndingForm):
    """The document by which a certificate is renewed."""

    decision_number = forms.CharField(
        label=_("文号"),
        max_length=80,
        required=False,
        validators=[validate_drawable],
        help_text=_("印在新证书上。没有新的文件时保留原来的文号。"),
    )
    field_order = ("decision_number", "reason")

    def proposed(self, certificate: Certificate, _today: date) -> dict[str, Any]:
        """Return the decision of the naming."""
        return {"decision_number": certificate.decision_number}
