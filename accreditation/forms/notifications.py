"""How somebody wants to be mailed, and where an office's messages are pushed to."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.models import User
from workflows.models import MailChoice
from workflows.notifications.mail import choice_of

Way = MailChoice.Way
CONSEQUENCES: dict[str, str | Promise] = {
    Way.AT_ONCE: _("有了新消息就发一封"),
    Way.DIGEST: _("工作日8:00，把此前没有读过的消息汇成一封"),
    Way.NEVER: _("只在“消息”中查看"),
}


class MailForm(forms.Form):
    """Address, when, and in which language."""

    email = forms.EmailField(
        label=_("邮箱"),
        required=False,
        max_length=254,
        help_text=_("换用新邮箱，先发一封确认信到新邮箱，打开信里的链接才生效。"),
        error_messages={"invalid": _("填写完整的邮箱地址，如name@example.com")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    way = forms.ChoiceField(
        label=_("什么时候发送"),
        choices=Way.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("选择什么时候发送")},
    )
    language = forms.ChoiceField(label=_("邮件用的语言"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.choice = choice = choice_of(user)
        kwargs["initial"] = {
            "email": user.email,
            "way": choice.way,
            "language": choice.language or settings.LANGUAGE_CODE,
        }
        super().__init__(*args, **kwargs)
        field: Any = self.fields["way"]
        field.consequences = CONSEQUENCES
        self.is_failing = choice.failures > 0


class WebhookForm(forms.Form):
    """A new webhook of an office. Which addresses are allowed is asked when it is added."""

    name = forms.CharField(
        label=_("名称"),
        max_length=60,
        help_text=_("用来分清几个地址，如“申报工作群”。"),
        error_messages={"required": _("填写名称")},
    )
    url = forms.URLField(
        label=_("地址"),
        max_length=300,
        assume_scheme="https",
        help_text=_("以https://开头，由接收消息的一方提供。"),
        error_messages={
            "required": _("填写地址"),
            "invalid": _("填写完整的地址，如https://example.com/hook"),
        },
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
