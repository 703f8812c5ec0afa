"""The tasks of a subject: which are open, and which of them a step closes and opens."""

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from viewflow.fsm import Transition

from workflows.actors import Actor, hands_of
from workflows.models import SigningRound, Task
from workflows.prepared import Change, Prepared
from workflows.process import Process
from workflows.refusals import NotPermitted, SignedAfter

LAPSED = "lapsed"
"""The outcome of a task that nobody needs to do any more, because the work that it belongs to is over."""


def open_tasks(subject: Any) -> QuerySet[Task]:
    """Return the tasks that wait for somebody on this subject."""
    kind = ContentType.objects.get_for_model(subject)
    return Task.objects.filter(content_type=kind, object_id=subject.pk, closed_at=None)


def open_work(subject: Any) -> Task | None:
    """Return the open work that an office has with this subject: the oldest, where several people have their own."""
    works = open_tasks(subject).filter(kind=Task.Kind.WORK)
    return works.select_related("assignee", "office").order_by("pk").first()


def close_tasks(process: Process, transition: Transition, by: Actor, at: datetime) -> None:
    """Close the tasks that a step ends, as it declares. Raises NotPermitted when its work is held or waits."""
    scope = transition.custom["tasks"]
    if scope == "none":
        return
    if scope == "all":
        _cancel_rounds(process.subject, at)
    hand, other_hand = (*hands_of(by), None, None)[:2] if scope == "own" else (by.pk, None)
    closed = _closing(scope, _passable(transition)).change(
        kind=ContentType.objects.get_for_model(process.subject).pk,
        subject=process.subject.pk,
        hand=hand,
        other_hand=other_hand,
        by=by.pk,
        at=at,
        outcome=transition.slug,
    )
    if scope == "own" and not closed:
        _refuse_held(process.subject, transition, by)


@cache
def _closing(scope: str, passable: tuple[str, ...]) -> Prepared:
    """Return the change that closes tasks, composed once: every step runs it."""

    def build(
        *, kind: int, subject: int, hand: int, other_hand: int, by: int, at: datetime, outcome: str
    ) -> Change:
        tasks = Task.objects.filter(content_type_id=kind, object_id=subject, closed_at=None)
        if scope == "own":
            free = Q(assignee=None) | Q(assignee_id__in=[hand, other_hand])
            tasks = _with_parts(tasks, tasks.filter(free, kind=Task.Kind.WORK, hold__in=passable))
        elif scope == "mine":
            tasks = _with_parts(tasks, tasks.filter(assignee_id__in=[hand], kind=Task.Kind.WORK))
        ended = Case(When(kind=Task.Kind.WORK, then=Value(outcome)), default=Value(LAPSED))
        return Change(tasks, {"closed_at": at, "closed_by_id": by, "outcome": ended})

    values = ("kind", "subject", "hand", "other_hand", "by", "at", "outcome")
    return Prepared(build, *values, texts=frozenset({"outcome"}), moments=frozenset({"at"}))


def _with_parts(tasks: QuerySet[Task], works: QuerySet[Task]) -> QuerySet[Task]:
    """Return these works of the tasks, and what was asked for them: it need not be answered any more."""
    keys = works.values("pk")
    return tasks.filter(Q(pk__in=keys) | Q(part_of__in=keys))


def _passable(transition: Transition) -> tuple[str, ...]:
    """Return the holds of a work that do not stand in the way of a step: a refused round bars favourable ones."""
    free = (Task.Hold.NONE,)
    return free if transition.custom.get("favourable") else (*free, Task.Hold.REFUSED)


def _refuse_held(subject: Any, transition: Transition, by: Actor) -> None:
    """Say who holds the work, or what it waits for. Without any open work nothing is in the way."""
    work = open_work(subject)
    if work is None:
        return
    if work.assignee is not None and work.assignee_id not in hands_of(by):
        raise NotPermitted(
            _("这一件由%(name)s认领，由其办理或释放后您才能办理。") % {"name": work.assignee.name}
        )
    if work.hold == Task.Hold.PLANNED:
        raise SignedAfter(_("这一件决定之后还要由会签人签署，不能直接生效。"))
    if work.hold == Task.Hold.REFUSED:
        raise NotPermitted(_("会签未通过，不能作同意的决定；可以退回、不予推荐，或者重新发起会签。"))
    waits_for = work.parts.filter(closed_at=None, assignee__isnull=False).order_by("pk")
    names = _("、").join(waits_for.values_list("assignee__name", flat=True))
    if work.hold == Task.Hold.ADVICE:
        raise NotPermitted(_("正在等待%(names)s的委派意见，收回委派后才能办理。") % {"names": names})
    raise NotPermitted(_("正在等待%(names)s签署，会签结束或取消后才能办理。") % {"names": names})


def _cancel_rounds(subject: Any, at: datetime) -> None:
    running = (SigningRound.State.PLANNED, SigningRound.State.OPEN)
    SigningRound.objects.filter(task__in=open_tasks(subject), state__in=running).update(
        state=SigningRound.State.CANCELLED, ended_at=at
    )


def open_new_tasks(process: Process, at: datetime, *, moved: bool) -> None:
    """Open the tasks that the process asks for after a step; `moved`: it has changed the state."""
    openings = process.openings(moved=moved)
    if not openings:
        return
    kind = ContentType.objects.get_for_model(process.subject)
    opened = Task.objects.bulk_create(
        Task(
            content_type=kind,
            object_id=process.subject.pk,
            stage=opening.stage,
            office_id=opening.office_id,
            assignee_id=opening.assignee_id,
            opened_at=at,
            due_at=opening.due_at,
        )
        for opening in openings
    )
    for work, opening in zip(opened, openings, strict=True):
        if opening.goes_on:
            _go_on(work)


def _go_on(work: Task) -> None:
    """Let a work take the place of the office's last one of its stage: its rounds come along, a refusal still bars."""
    about = {"content_type": work.content_type_id, "object_id": work.object_id}
    same = Task.objects.filter(**about, kind=Task.Kind.WORK, stage=work.stage, office=work.office_id)
    last = same.filter(closed_at__isnull=False).order_by("-pk").first()
    if last is None:
        return
    last.rounds.update(task=work)
    if last.hold == Task.Hold.REFUSED:
        work.hold = last.hold
        work.save(update_fields=["hold"])
