"""Handing tasks on: to whom, and with which words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.batch import SeenField
from accreditation.forms.picks import PlannedField
from accreditation.forms.review import LONGEST
from accreditation.models import User
from accreditation.queries.task_block import Candidate, Reader

CHOOSE = _("选择一个人")
GONE = _("这个人现在不能选，重新选择")


def _note() -> forms.CharField:
    return forms.CharField(
        label=_("附言"),
        help_text=_("对方看得到，记入经过。"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandForm(forms.Form):
    """One person of several, and a note. The page draws the choice itself, with what speaks against each."""

    to = forms.ChoiceField(
        label=_("交给谁"),
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": GONE},
    )
    note = _note()

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {one.key: one.user for one in candidates}
        field: Any = self.fields["to"]
        field.choices = [(key, person.name) for key, person in self.people.items()]

    def clean_to(self) -> User:
        """Return the person who was chosen."""
        return self.people[self.cleaned_data["to"]]


class DelegationForm(HandForm):
    """Whom to ask for advice, and what about."""

    field_order = ("to", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].label = _("请谁提意见")
        note = self.fields["note"]
        note.label, note.required = _("要问的事"), True
        note.error_messages["required"] = _("写明要问的事")


class AdviceForm(forms.Form):
    """The advice that was asked for."""

    opinion = forms.CharField(
        label=_("您的意见"),
        help_text=_("本级办理人和审计人看得到，写入不可更改的记录。"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("写明意见"),
            "max_length": _("意见不超过%(limit_value)d字，现在%(show_value)d字"),
        },
    )


class CopyForm(forms.Form):
    """Whom to copy to. The page draws the choice itself, with where each belongs."""

    people = forms.MultipleChoiceField(
        label=_("抄送给"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("选择抄送给谁"), "invalid_choice": GONE},
    )
    note = _note()

    def __init__(self, *args: Any, readers: Sequence[Reader], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readers: dict[str, User] = {one.key: one.user for one in readers}
        field: Any = self.fields["people"]
        field.choices = [(key, person.name) for key, person in self.readers.items()]

    def clean_people(self) -> list[User]:
        """Return the people who were chosen."""
        return [self.readers[key] for key in self.cleaned_data["people"]]


class CopiesForm(forms.Form):
    """Several applications, whom of the offices that all of them have to copy them to, and a note."""

    applications = SeenField(error_messages={"required": _("选择工作室")})
    people = forms.MultipleChoiceField(
        label=_("抄送给"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("选择抄送给谁"), "invalid_choice": GONE},
    )
    note = _note()

    def offer(self, people: Sequence[User]) -> None:
        """Let these be chosen."""
        self.offered: dict[str, User] = {str(one.public_id): one for one in people}
        field: Any = self.fields["people"]
        field.choices = [(key, one.name) for key, one in self.offered.items()]

    def chosen(self) -> list[User]:
        """Return the people who were chosen. Only for a valid form."""
        return [self.offered[key] for key in self.cleaned_data["people"]]


class SignCopiesForm(forms.Form):
    """The copies that are made, each as the preview showed it."""

    copies = PlannedField(error_messages={"required": _("至少留下一件")})
    note = _note()


class EscalationForm(forms.Form):
    """Who of an office gets its overdue work; nobody, where nobody is chosen."""

    person = forms.ChoiceField(
        label=_("逾期事项交给谁"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": GONE},
    )

    def __init__(self, *args: Any, members: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members: dict[str, User] = {str(person.public_id): person for person in members}
        field: Any = self.fields["person"]
        field.choices = [("", _("不指定")), *((key, person.name) for key, person in self.members.items())]

    def clean_person(self) -> User | None:
        """Return the person who was chosen."""
        return self.members.get(self.cleaned_data["person"])
