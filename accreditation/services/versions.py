"""Versions of the process and of the rubric: which ones a cycle names, and moving applications that are on their way.

A move changes by which rules an application goes on, and nothing else: its state, its open work, its rounds of
signatures and its cards stay as they are, and no finished step is taken again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.models import Application, Cycle, Rubric, User
from accreditation.permissions import DECIDE, has_grant
from accreditation.process import version_of
from accreditation.queries.versions import cards_of
from accreditation.states import ENDED, State
from accreditation.versions import VERSIONS, version
from workflows.engine import record
from workflows.models import Event, SigningRound
from workflows.refusals import NotPermitted, NotReady, Problem, Refused, Stale, WrongState
from workflows.works import open_tasks


@dataclass(frozen=True)
class Target:
    """Where applications are moved to. `process` "" and `rubric` None: as it is."""

    process: str = ""
    rubric: Rubric | None = None

    def process_for(self, application: Application) -> str:
        """Return the process that the application would follow."""
        return self.process or version_of(application)

    def rubric_for(self, application: Application) -> Rubric | None:
        """Return the rubric that the application would be judged by."""
        return self.rubric or application.rubric


@dataclass(frozen=True)
class Outcome:
    """What became of one application of several: moved, or why not."""

    application: Application
    refusal: str = ""


def choose_versions(cycle: Cycle, *, process_version: str, rubric: Rubric, by: User, at: datetime) -> Cycle:
    """Name the process and the rubric for what is submitted from now on. Raises NotPermitted, NotReady."""
    if not has_grant(by, DECIDE, cycle.city):
        raise NotPermitted(_("您没有办理这一环节的权限。"))
    if process_version not in VERSIONS:
        raise NotReady([Problem(_("没有流程%(version)s。") % {"version": process_version}, field="process")])
    with transaction.atomic():
        locked = (
            Cycle.objects.select_for_update(of=("self",)).select_related("rubric", "city").get(pk=cycle.pk)
        )
        before = version(locked.process_version).code
        if (before, locked.rubric_id) == (process_version, rubric.pk):
            return locked
        facts: dict[str, Any] = {
            "process_from": before, "process_to": process_version,
            "rubric_from": locked.rubric.version, "rubric_to": rubric.version,
        }  # fmt: skip
        locked.process_version, locked.rubric = process_version, rubric
        locked.save(update_fields=["process_version", "rubric"])
        record(locked, "choose_versions", by=by, at=at, office=locked.city, role=DECIDE, **facts)
    return locked


def move(
    application: Application,
    target: Target,
    *,
    by: User,
    at: datetime,
    expected_version: int,
    reason: str,
) -> Event:
    """Let an application that is on its way go on by other versions.

    Raises NotPermitted; Stale; WrongState where its state has no counterpart; NotReady without a reason, when
    nothing would change, or when cards were handed in by the rubric that it would leave.
    """
    with transaction.atomic():
        rows = Application.objects.select_related("cycle", "rubric", "city")
        locked = rows.select_for_update(of=("self",)).get(pk=application.pk)
        if not has_grant(by, DECIDE, locked.city):
            raise NotPermitted(_("您没有办理这一环节的权限。"))
        if locked.version != expected_version:
            raise Stale(_("这一件已经办理，重新打开后再选。"))
        if not reason.strip():
            raise NotReady([Problem(_("写明理由。"), field="reason")])
        cards = cards_of([locked])
        if refusals := against(locked, target, handed_in=cards[locked.pk].handed_in):
            raise refusals[0]
        facts: dict[str, Any] = {
            "process_from": version_of(locked), "process_to": target.process_for(locked),
            "rubric_from": _named(locked.rubric), "rubric_to": _named(target.rubric_for(locked)),
        }  # fmt: skip
        locked.process_version, locked.rubric = target.process_for(locked), target.rubric_for(locked)
        locked.version += 1
        locked.save(update_fields=["process_version", "rubric", "version"])
        _keep_proposals(locked)
        return record(
            locked, "move_version", by=by, at=at, office=locked.city, role=DECIDE, reason=reason, **facts
        )


def move_each(
    picked: Iterable[tuple[Application, int]], target: Target, *, by: User, at: datetime, reason: str
) -> list[Outcome]:
    """Move several, each with the version that was seen, in a transaction of its own; one refusal stops no other."""
    outcomes = []
    for application, seen in picked:
        try:
            move(application, target, by=by, at=at, expected_version=seen, reason=reason)
        except Refused as refusal:
            outcomes.append(Outcome(application, refusal.reason))
        else:
            outcomes.append(Outcome(application))
    return outcomes


def against(application: Application, target: Target, *, handed_in: int) -> Sequence[Refused]:
    """Return everything that keeps an application from being moved; `handed_in` counts its submitted cards."""
    if application.state == State.DRAFT:
        return [WrongState(_("还没有提交，随批次的版本。"))]
    if application.state in ENDED:
        return [WrongState(_("已经办结，不再改用其他版本。"))]
    found: list[Refused] = []
    process, rubric = target.process_for(application), target.rubric_for(application)
    if process not in VERSIONS or version(process).counterpart(application.state) is None:
        said = {"version": process, "state": State(application.state).label}
        found.append(WrongState(_("流程%(version)s没有“%(state)s”这一环节，不能移动。") % said))
    if rubric is not None and rubric.pk != application.rubric_id and handed_in:
        found.append(_judged(application, handed_in))
    if process == version_of(application) and (rubric is None or rubric.pk == application.rubric_id):
        found.append(NotReady([Problem(_("已经是这一版本。"))]))
    return found


def _keep_proposals(application: Application) -> None:
    """A decision that waits for signatures goes on waiting: it was proposed on the application as it still stands."""
    rounds = SigningRound.objects.filter(task__in=open_tasks(application), state=SigningRound.State.OPEN)
    for one in rounds.exclude(proposal={}):
        one.proposal["version"] = application.version
        one.save(update_fields=["proposal"])


def _judged(application: Application, count: int) -> Refused:
    said = {"count": count, "version": _named(application.rubric)}
    words = ngettext(
        "已有%(count)d张按评审标准%(version)s交的评分卡，评审标准不能再换。",
        "已有%(count)d张按评审标准%(version)s交的评分卡，评审标准不能再换。",
        count,
    )
    return NotReady([Problem(words % said)])


def _named(rubric: Rubric | None) -> str:
    return rubric.version if rubric else ""
