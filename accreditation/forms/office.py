"""Members, grants and organisations below."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.models import Membership, Organisation, User
from accreditation.permissions import APPLY, AUDIT, DECIDE, MANAGE, REVIEW
from accreditation.services.offices import grants_possible
from certificates.forms import validate_drawable

LABELS: dict[str, Any] = dict(Organisation._meta.permissions)
MEANINGS: dict[str, str | Promise] = {
    APPLY: _("填写、提交、撤回本单位的申报"),
    REVIEW: _("查看报到本会的申报，认领，退回补正"),
    DECIDE: _("推荐、退回补正、不予推荐，以本会名义签署"),
    MANAGE: _("管理本组织和直接下级的成员与权限"),
    AUDIT: _("查看本组织及以下全部申报的经过，不能改动"),
}
MEANINGS_AT_CITY: dict[str, str | Promise] = {
    REVIEW: _("作为专家评分，只看分到的申报"),
    DECIDE: _("批次、专家组、审定、公示、异议、命名，以市总工会名义签署"),
}
BELOW: dict[Organisation.Kind, tuple[str, ...]] = {
    Organisation.Kind.CITY: ("district", "industry", "group"),
    Organisation.Kind.DISTRICT: ("union", "street"),
    Organisation.Kind.INDUSTRY: ("union", "street"),
    Organisation.Kind.GROUP: ("union", "street"),
    Organisation.Kind.UNION: ("enterprise",),
    Organisation.Kind.STREET: ("enterprise",),
    Organisation.Kind.ENTERPRISE: (),
}
"""The kinds that can be founded directly below each kind."""


def grant_meanings(organisation: Organisation) -> dict[str, str | Promise]:
    """Return what each grant allows on this organisation, in words."""
    at_city = MEANINGS_AT_CITY if organisation.kind == Organisation.Kind.CITY else {}
    return {grant: at_city.get(grant, MEANINGS[grant]) for grant in grants_possible(organisation)}


class MemberForm(forms.Form):
    """A new member: somebody who has an account, or a new account."""

    account = forms.ChoiceField(
        label=_("是否已有账号"),
        choices=[("known", _("已有账号")), ("new", _("新开账号"))],
        initial="known",
        widget=forms.RadioSelect,
        error_messages={"required": _("选择已有账号或新开账号")},
    )
    username = forms.CharField(
        label=_("账号"),
        max_length=150,
        validators=[User.username_validator],
        error_messages={"required": _("填写账号"), "invalid": _("账号只用字母、数字和@.+-_")},
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        required=False,
        help_text=_("新开账号时填写，签署和记录中用这个姓名。"),
    )
    position = forms.CharField(
        label=Membership._meta.get_field("position").verbose_name, max_length=60, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A known account must be there; a new one needs a name."""
        cleaned = super().clean() or {}
        username, account = cleaned.get("username"), cleaned.get("account")
        if username and account == "known":
            cleaned["user"] = User.objects.filter(username=username, is_active=True).first()
            if cleaned["user"] is None:
                self.add_error("username", _("没有这个账号，检查写法，或选择新开账号"))
        if account == "new" and not cleaned.get("name"):
            self.add_error("name", _("填写姓名"))
        return cleaned


class GrantsForm(forms.Form):
    """What a member may do."""

    grants = forms.MultipleChoiceField(
        label=_("权限"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("这一组织没有这种权限")},
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meanings = grant_meanings(organisation)
        field: Any = self.fields["grants"]
        field.choices = [(grant, LABELS[grant]) for grant in meanings]
        field.consequences = meanings


class OrganisationForm(forms.Form):
    """An organisation to be founded below another."""

    kind = forms.ChoiceField(
        label=_("类别"), widget=forms.RadioSelect, error_messages={"required": _("选择类别")}
    )
    name = forms.CharField(
        label=_("名称"),
        max_length=120,
        validators=[validate_drawable],
        error_messages={"required": _("填写名称")},
    )
    short_name = forms.CharField(
        label=_("简称"), max_length=40, required=False, help_text=_("用在窄处，如“渝北区”。")
    )
    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        label=_("代码"),
        max_length=32,
        help_text=_("字母、数字、短横，设立后不再改动。"),
        error_messages={"required": _("填写代码"), "invalid": _("代码只用字母、数字、短横和下划线")},
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, parent: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_below(parent)
        field: Any = self.fields["kind"]
        field.choices = [(kind, Organisation.Kind(kind).label) for kind in kinds]
        if len(kinds) == 1:
            field.initial = kinds[0]


def kinds_below(parent: Organisation) -> tuple[str, ...]:
    """Return the kinds that can be founded below an organisation."""
    return BELOW[Organisation.Kind(parent.kind)]
