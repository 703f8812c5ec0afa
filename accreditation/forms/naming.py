"""The naming decision."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accreditation.forms.picks import PicksField
from certificates.glyphs import missing_characters


class NamingForm(forms.Form):
    """The studios to name, and the number, title and date of the document."""

    applications = PicksField(label=_("工作室"), error_messages={"required": _("选择要命名的工作室")})
    number = forms.CharField(
        label=_("文号"),
        max_length=60,
        help_text=_("如渝工发〔2026〕18号，每个文号只用一次。"),
        error_messages={"required": _("填写文号")},
    )
    title = forms.CharField(label=_("标题"), max_length=160, error_messages={"required": _("填写标题")})
    signed_on = forms.DateField(
        label=_("签发日期"),
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("证书的有效期从这一天起算。"),
        error_messages={"required": _("填写签发日期"), "invalid": _("填写签发日期，如2026-10-16")},
    )

    def clean_number(self) -> str:
        """The number stands on the certificates: their font must have every character of it."""
        number: str = self.cleaned_data["number"]
        if missing := missing_characters(number):
            raise forms.ValidationError(
                _("证书字库没有“%(characters)s”字，改用其他写法") % {"characters": missing}
            )
        return number
