"""Substitutes, recusals, and whom to name."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.review import LONGEST
from accreditation.models import User

GONE = _("这个人现在不能选，重新选择")


class PersonField(forms.ChoiceField):
    """One of these people, in a list of names."""

    def __init__(self, *, people: Iterable[User], **kwargs: Any) -> None:
        self.people = {str(person.public_id): person for person in people}
        kwargs.setdefault("error_messages", {}).setdefault("invalid_choice", GONE)
        super().__init__(**kwargs)
        names = [(key, person.name) for key, person in self.people.items()]
        self.choices = [("", _("选择一个人")), *names]

    def clean(self, value: Any) -> User:
        """Return the person who was chosen."""
        return self.people[super().clean(value)]


def _day(label: Any, required: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": required, "invalid": _("填写日期，如2026-10-16")},
    )


class SubstitutionForm(forms.Form):
    """Who is away, who acts for them, and from which day to which. `for_others`: set by a manager."""

    def __init__(
        self, *args: Any, principals: Iterable[User], substitutes: Iterable[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = list(principals)
        others = [one for one in substitutes if people != [one]]
        self.fields["principal"] = PersonField(
            label=_("谁外出"), people=people, error_messages={"required": _("选择外出的人")}
        )
        if len(people) == 1:
            only = str(people[0].public_id)
            self.fields["principal"].initial = only
        self.fields["substitute"] = PersonField(
            label=_("由谁代理"),
            help_text=_("本组织的成员。外出人不能办理的，或者与代理人有利害关系的，代理人也不能办理。"),
            people=others,
            error_messages={"required": _("选择代理人")},
        )
        self.fields["starts_on"] = _day(_("从哪天起"), _("填写开始日期"), _("这一天0:00开始。"))
        self.fields["ends_on"] = _day(_("到哪天止"), _("填写结束日期"), _("这一天24:00结束，可以提前结束。"))
        self.fields["note"] = forms.CharField(
            label=_("说明"),
            help_text=_("如“出差”。本组织的成员看得到。"),
            max_length=200,
            required=False,
        )


class RecuseForm(forms.Form):
    """Why somebody keeps out."""

    reason = forms.CharField(
        label=_("回避的理由"),
        help_text=_("本级办理人和审计人看得到，写入不可更改的记录。"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("写明理由")},
    )


class AppointForm(forms.Form):
    """Whom to name. The page draws the choice itself, with what speaks against each."""

    reason = forms.CharField(
        label=_("说明"),
        help_text=_("被指定的人看得到，记入经过。"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, candidates: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = PersonField(
            label=_("由谁办理"),
            people=candidates,
            widget=forms.RadioSelect,
            error_messages={"required": _("选择由谁办理")},
        )
        self.fields = {"user": field} | self.fields
