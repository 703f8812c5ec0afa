"""The city's meeting: it is entered with its decisions, and each decision is taken by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Meeting
from accreditation.permissions import DECIDE, may_decide_at
from accreditation.queries.meeting_record import minutes_of, taken
from accreditation.queries.sight import documents_before
from accreditation.services.batch import MOST
from accreditation.services.one_by_one import attempt
from accreditation.services.review import decides_as
from accreditation.services.signing import decide
from workflows.actors import Actor, person_of
from workflows.engine import record
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Problem, Refused, WrongState

DECISIONS = ("approve", "send_back", "reject")
"""What a meeting can decide on an application: list it, return it, reject it."""


@dataclass(frozen=True)
class Resolution:
    """What the meeting decides on one application, as a page showed it. `own_reason` goes before the common one."""

    application: Application
    decision: str
    expected_version: int
    reason: str
    own_reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a resolution: the event, why it was refused, or (with neither) an error that the log has."""

    resolution: Resolution
    event: Event | None = None
    refusal: Refused | None = None

    @property
    def application(self) -> Application:
        """Return the application."""
        return self.resolution.application


def foresee(resolutions: Sequence[Resolution], *, by: Actor, at: datetime) -> list[Outcome]:
    """Return what taking these decisions now would lead to; nothing of it is written."""
    outcomes = []
    for resolution in resolutions:
        with transaction.atomic():
            outcomes.append(_take(resolution, "", by=by, at=at))
            transaction.set_rollback(True)
    return outcomes


def hold_meeting(
    cycle: Cycle,
    resolutions: Sequence[Resolution],
    *,
    public_id: UUID,
    title: str,
    held_on: date,
    people: str,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> tuple[Meeting, list[Outcome]]:
    """Enter a meeting, then take its decisions, each in a transaction of its own; return what became of each.

    The meeting itself is entered whatever becomes of its decisions: those refused can be taken again with
    `retry`. `public_id` was chosen when the page was made: the same page sent twice enters one meeting, and the
    second time decides nothing. Raises NotPermitted, NotReady.
    """
    _refuse_stranger(cycle, by)
    if problems := _against(resolutions, held_on, at):
        raise NotReady(problems)
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        known = Meeting.objects.filter(public_id=public_id).first()
        if known is not None:
            return _the_same(known, cycle), []
        meeting = Meeting.objects.create(
            public_id=public_id,
            cycle=locked,
            title=title,
            held_on=held_on,
            people=people,
            entered_by=person_of(by),
            entered_at=at,
        )
        own = {one.application.number: one.own_reason for one in resolutions if one.own_reason}
        seen = documents_before([one.application for one in resolutions])
        record(
            locked, "hold_meeting", by=by, at=at, office=locked.city, role=DECIDE,
            reason=minutes_of(reason, own), names={"people": people},
            meeting=str(public_id), title=title, held_on=held_on.isoformat(),
            decisions=[_as_fact(one, *seen.get(one.application.pk, (0, ""))) for one in resolutions],
        )  # fmt: skip
    return meeting, [_take(one, str(public_id), by=by, at=at) for one in resolutions]


def retry(meeting: Meeting, resolutions: Sequence[Resolution], *, by: Actor, at: datetime) -> list[Outcome]:
    """Take again decisions of a meeting that were refused; return what became of each.

    Raises NotPermitted, and WrongState for what the meeting did not decide so or what is done already.
    """
    _refuse_stranger(meeting.cycle, by)
    open_ones = {(one.application.pk, one.decision) for one in taken(meeting) if one.can_be_retried}
    if not resolutions:
        raise NotReady([Problem(_("选择要重新办理的工作室。"))])
    if not {(one.application.pk, one.decision) for one in resolutions} <= open_ones:
        raise WrongState(_("所选的已经办理，或者不在这次会议的决定之内。"))
    return [_take(one, str(meeting.public_id), by=by, at=at) for one in resolutions]


def _as_fact(resolution: Resolution, revision: int, document: str) -> dict[str, Any]:
    return {
        "application": str(resolution.application.public_id),
        "decision": resolution.decision,
        "revision": revision,
        "document": document,
    }


def _take(resolution: Resolution, meeting: str, *, by: Actor, at: datetime) -> Outcome:
    application, decision = resolution.application, resolution.decision

    def act() -> Event:
        return decide(
            application,
            decision,
            by=decides_as(application, decision, user=person_of(by), at=at),
            at=at,
            expected_version=resolution.expected_version,
            reason=resolution.own_reason or resolution.reason,
            meeting=meeting,
        )

    came = attempt(act, f"meeting {decision} {application.public_id}")
    return Outcome(resolution, event=came.result, refusal=came.refusal)


def _against(resolutions: Sequence[Resolution], held_on: date, at: datetime) -> list[Problem]:
    problems = []
    if held_on > timezone.localdate(at):
        problems.append(Problem(_("会议日期不晚于今天。"), field="held_on"))
    if not resolutions:
        problems.append(Problem(_("至少对一个工作室作出决定。")))
    if len(resolutions) > MOST:
        said = {"most": MOST, "count": len(resolutions)}
        problems.append(Problem(_("一次最多办理%(most)d件，选了%(count)d件，分几次录入。") % said))
    if any(one.decision not in DECISIONS for one in resolutions):
        problems.append(Problem(_("选择列入、退回或不予推荐。")))
    return problems


def _the_same(known: Meeting, cycle: Cycle) -> Meeting:
    if known.cycle_id != cycle.pk:
        raise WrongState(_("这次会议已经录入另一批次。"))
    return known


def _refuse_stranger(cycle: Cycle, by: Actor) -> None:
    if not may_decide_at(by, cycle.city):
        raise NotPermitted(_("您没有办理这一环节的权限。"))
