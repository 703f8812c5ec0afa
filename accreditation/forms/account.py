"""Signing in and changing one's password, in the words of the site."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Name and password."""

    username = UsernameField(
        label=_("账号"),
        error_messages={"required": _("填写账号")},
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "username", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        error_messages={"required": _("填写密码")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": _("账号或密码不对，检查大小写后再试一次"),
        "inactive": _("账号或密码不对，检查大小写后再试一次"),
    }


class PasswordForm(PasswordChangeForm):
    """The old password, and the new one twice. It is the owner's alone from then on."""

    error_messages = {
        **PasswordChangeForm.error_messages,
        "password_incorrect": _("填写现在使用的密码，检查大小写"),
        "password_mismatch": _("两次填写同一个新密码"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "old_password": (_("现在的密码"), _("填写现在使用的密码")),
            "new_password1": (_("新密码"), _("填写新密码")),
            "new_password2": (_("再填一次新密码"), _("再填一次新密码")),
        }
        for name, (label, required) in words.items():
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = required
            self.fields[name].help_text = ""
        self.fields["new_password1"].help_text = _("至少10个字符，不用姓名、账号或常见的密码。")
        self.fields["old_password"].widget.attrs.pop("autofocus", None)

    def save(self, commit: bool = True) -> Any:
        """Save the new password; a first one, which the office gave, is used up."""
        self.user.has_first_password = False
        return super().save(commit)
