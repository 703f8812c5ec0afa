"""What is decided on several applications at once, and why."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.forms.picks import Pick, PicksField
from accreditation.forms.review import BUTTONS, DECISIONS, LONGEST
from accreditation.models import Application
from accreditation.queries.desk_rows import Row
from accreditation.services.batch import DECISIONS as SIGNED
from accreditation.services.batch import HANDS, MOST
from accreditation.states import State
from accreditation.versions import VERSIONS

WORDS: dict[str, str | Promise] = {
    "claim": pgettext_lazy("批量", "认领"),
    "release": pgettext_lazy("批量", "放回"),
    "reject": DECISIONS["reject"],
    "send_back": DECISIONS["send_back"],
    "recommend": DECISIONS["recommend"],
    "approve": DECISIONS["approve"],
}
"""What a batch can do, in the order of the buttons under the desk: the one that leads on comes last."""
DOING: dict[str, str | Promise] = {
    "claim": _("认领勾选的"),
    "release": _("放回勾选的"),
    **{code: BUTTONS[code] for code in ("reject", "send_back", "recommend", "approve")},
}
"""The words on the button of the preview."""


class SeenField(PicksField):
    """Picks of a list that showed no version yet: a bare UUID will do."""

    def _pick(self, value: str) -> Pick:
        if ":" in value:
            return super()._pick(value)
        try:
            return Pick(UUID(value), 0)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class BatchForm(forms.Form):
    """A decision, the applications, and one reason for all; `offer` adds one for each that has its own."""

    decision = forms.ChoiceField(
        choices=list(WORDS.items()),
        widget=forms.HiddenInput,
        error_messages={"required": _("选择一个决定"), "invalid_choice": _("选择一个决定")},
    )
    applications = SeenField(label=_("工作室"))
    reason = forms.CharField(
        label=_("共同的理由"),
        help_text=_("每件都写入这条理由；单独写了理由的，以单独的为准。申报单位看得到，写入不可更改的记录。"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "id_reason_helptext"}),
        error_messages={"max_length": _("理由不超过%(limit_value)d字，现在%(show_value)d字")},
    )

    def clean_applications(self) -> list[Pick]:
        """Take each application once, and not more than a batch holds."""
        picks = {pick.public_id: pick for pick in self.cleaned_data["applications"]}
        if len(picks) > MOST:
            said = {"most": MOST, "count": len(picks)}
            raise ValidationError(_("一次最多办理%(most)d件，选了%(count)d件，分几次办理"), params=said)
        return list(picks.values())

    def offer(self, applications: Iterable[Application]) -> None:
        """Give each of these a reason of its own, which may stay empty."""
        for application in applications:
            self.fields[reason_name(application)] = forms.CharField(
                label=_("单独的理由"),
                max_length=LONGEST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 1}),
                error_messages={"max_length": _("理由不超过%(limit_value)d字，现在%(show_value)d字")},
            )

    def reason_of(self, application: Application) -> str:
        """Return the reason for one application: its own, else the common one."""
        own: str = self.cleaned_data.get(reason_name(application), "")
        common: str = self.cleaned_data.get("reason", "")
        return own.strip() or common.strip()

    def ask_for_reasons(self, applications: Sequence[Application]) -> bool:
        """Mark what lacks a reason; return whether all of these have one, as every decision needs."""
        lacking = [one for one in applications if not self.reason_of(one)]
        if lacking and len(lacking) == len(applications):
            self.add_error("reason", _("写明理由"))
        else:
            for one in lacking:
                said = {"name": one.studio.name}
                self.add_error(reason_name(one), _("写明%(name)s的理由，或者写共同的理由") % said)
        return not lacking


def reason_name(application: Application) -> str:
    """Return the field of an application's own reason."""
    return f"reason-{application.public_id}"


def offered(rows: Iterable[Row]) -> list[tuple[str, Any]]:
    """Return what a batch could do with some of these rows of the desk, in the order of the buttons."""
    picked = [row for row in rows if row.may_pick]
    stages = {row.task.stage for row in picked} - {State.OBJECTION}
    known = {slug for stage in stages for one in VERSIONS.values() for slug in one.steps_from(stage)}
    able = known & set(SIGNED)
    if any(row.may_claim for row in picked):
        able.add("claim")
    if any(row.is_mine for row in picked):
        able.add("release")
    return [(code, word) for code, word in WORDS.items() if code in able]


def is_signed(decision: str) -> bool:
    """Whether a batch is signed with a reason; taking and giving back is not."""
    return decision not in HANDS
