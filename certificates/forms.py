"""The form of the public verification: a number with its check code, or a file."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from certificates.glyphs import missing_characters

LARGEST_FILE = 20 * 1024 * 1024  # bytes


def validate_drawable(text: str) -> None:
    """A form validator for names that will stand on a certificate."""
    if missing := missing_characters(text):
        raise ValidationError(
            _("证书字库里没有“%(characters)s”，改用通用规范汉字，或者联系市总工会"),
            code="not_drawable",
            params={"characters": missing},
        )


class NumberForm(forms.Form):
    """What is printed on the paper: the number, and the check code that proves one has seen it."""

    number = forms.CharField(
        label=_("证书编号"),
        max_length=100,
        help_text=_("例如：渝劳模创〔2026〕第0001号"),
        error_messages={"required": _("填写证书上方的证书编号")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    check_code = forms.CharField(
        label=_("校验码"),
        max_length=40,
        help_text=_("二维码右侧的16位，空格和大小写不影响"),
        error_messages={"required": _("填写二维码右侧的校验码")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "w-code",
            }
        ),
    )


class FileForm(forms.Form):
    """The file itself."""

    file = forms.FileField(
        label=_("或者上传证书文件"),
        allow_empty_file=True,
        help_text=_("PDF，20MB以内。只作比对，不保存。"),
        error_messages={"required": _("选择要查验的证书文件")},
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(_("选择20MB以内的文件"))
        return file
