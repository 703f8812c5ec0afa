"""A meeting as it is entered: when, who, and for each candidate a decision with its reason."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.forms.picks import Pick, PicksField
from accreditation.forms.review import LONGEST
from accreditation.models import Application
from accreditation.queries.meeting_record import Taken
from accreditation.services.meetings import Resolution

SKIP = ""
CHOICES: tuple[tuple[str, str | Promise], ...] = (
    (SKIP, pgettext_lazy("会议决定", "暂不决定")),
    ("approve", pgettext_lazy("会议决定", "列入")),
    ("send_back", pgettext_lazy("会议决定", "退回")),
    ("reject", pgettext_lazy("会议决定", "不予推荐")),
)
UNREADABLE = -1
LATER = _("重新打开这一页，再录入")


class MeetingForm(forms.Form):
    """The meeting, and three fields for each candidate: `decision-`, `reason-` and `version-` with its identifier."""

    meeting = forms.UUIDField(widget=forms.HiddenInput, error_messages={"required": LATER, "invalid": LATER})
    title = forms.CharField(
        label=_("会议名称"), max_length=120, error_messages={"required": _("填写会议名称")}
    )
    held_on = forms.DateField(
        label=_("会议日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("填写会议日期"), "invalid": _("填写会议日期，如2026-10-16")},
    )
    people = forms.CharField(
        label=_("参会人员"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("填写参会人员")},
    )
    reason = forms.CharField(
        label=_("共同的理由"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("申报单位看得到，写入不可更改的记录。另写了理由的，以另写的为准。"),
    )

    def __init__(self, *args: Any, applications: Iterable[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.applications = list(applications)
        for application in self.applications:
            for name, field in _fields().items():
                self.fields[f"{name}-{application.public_id}"] = field

    def rows(self) -> Iterator[tuple[Application, Mapping[str, BoundField]]]:
        """Yield each candidate with its fields `decision`, `reason` and `version`."""
        for application in self.applications:
            yield application, self.row(application)

    def row(self, application: Application) -> dict[str, BoundField]:
        """Return the fields of one candidate."""
        return {name: self[f"{name}-{application.public_id}"] for name in ("decision", "reason", "version")}

    def clean(self) -> dict[str, Any]:
        """Every decision needs a reason, its own or the common one; a meeting decides on something."""
        cleaned = super().clean() or {}
        decided = [one for one in self.applications if cleaned.get(f"decision-{one.public_id}")]
        if not decided and not self.errors:
            self.add_error(None, _("至少对一个工作室作出决定"))
        bare = [one for one in decided if not cleaned.get(f"reason-{one.public_id}")]
        if bare and "reason" in cleaned and not cleaned["reason"]:
            self.add_error("reason", _("写明共同的理由，或者为每一件写明理由"))
        return cleaned

    def resolutions(self, without: Iterable[str] = ()) -> list[Resolution]:
        """Return what is decided, but on those left out. Only for a valid form."""
        left, given = set(without), self.cleaned_data
        return [
            Resolution(
                application=one,
                decision=given[f"decision-{one.public_id}"],
                expected_version=_version(given[f"version-{one.public_id}"]),
                reason=given["reason"],
                own_reason=given[f"reason-{one.public_id}"],
            )
            for one in self.applications
            if given[f"decision-{one.public_id}"] and str(one.public_id) not in left
        ]


class RetryForm(forms.Form):
    """Decisions of a meeting that were refused, chosen to be tried again, each with its reason."""

    applications = PicksField(required=False)

    def __init__(self, *args: Any, taken: Iterable[Taken], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = {one.application.public_id: one for one in taken}

    def resolutions(self) -> list[Resolution]:
        """Return what is chosen; what the meeting did not decide on is left out."""
        picks: list[Pick] = self.cleaned_data["applications"] if self.is_valid() else []
        found = [(self.taken[pick.public_id], pick.version) for pick in picks if pick.public_id in self.taken]
        return [
            Resolution(one.application, one.decision, version, self._reason(one)) for one, version in found
        ]

    def written(self) -> str:
        """Return the reasons that were typed, to be kept when nothing is done."""
        return "\n".join(one.reason for one in self.resolutions())

    def _reason(self, one: Taken) -> str:
        typed = str(self.data.get(f"reason-{one.application.public_id}", ""))
        return typed.replace("\0", "").strip()[:LONGEST] or one.reason


def _version(seen: int | None) -> int:
    return UNREADABLE if seen is None else seen


def _fields() -> dict[str, forms.Field]:
    return {
        "decision": forms.ChoiceField(
            label=_("会议决定"), required=False, choices=CHOICES, error_messages={"invalid_choice": LATER}
        ),
        "reason": forms.CharField(
            label=_("另写的理由"),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 1}),
        ),
        "version": forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput),
    }


def named_in(data: QueryDict) -> list[uuid.UUID]:
    """Return the applications that a page has sent a decision for."""
    found = []
    for name in data:
        head, _dash, public_id = name.partition("-")
        if head == "decision" and data[name] and len(public_id) == 36:
            try:
                found.append(uuid.UUID(public_id))
            except ValueError:
                continue
    return found


def proposed(applications: Iterable[Application], approved: Iterable[int] = ()) -> dict[str, Any]:
    """Return what a new page starts with: the versions shown, and the decision for those to be listed."""
    chosen = set(approved)
    initial: dict[str, Any] = {"meeting": uuid.uuid4()}
    for one in applications:
        initial[f"version-{one.public_id}"] = one.version
        initial[f"decision-{one.public_id}"] = "approve" if one.pk in chosen else SKIP
    return initial
