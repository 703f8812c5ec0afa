"""The only way a state changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from viewflow.fsm import InvalidTargetState, Transition, TransitionConditionsUnmet

from workflows.actors import Actor, Substitute, actor_code, hands_of
from workflows.ledger.chain import append
from workflows.models import Event, SigningRound, Stream, Task
from workflows.process import Deed, Process
from workflows.refusals import NotPermitted, NotReady, Refused, SignedAfter, Stale, WrongState

LAPSED = "lapsed"
"""The outcome of a task that nobody needs to do any more, because the work that it belongs to is over."""
ENGINE_FIELDS = ("state", "state_since", "version", "sequence", "head")


def perform(
    process: Process,
    action: str,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None,
    reason: str = "",
    noted: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Event:
    """Take one step of a process, or refuse it and leave everything as it was.

    In one transaction: lock the row, compare its version with the one the actor saw (None: due work, which
    decides on the row as it is), ask the permission, ask the conditions, run the transition, close and open
    tasks, append the event, save the row. Afterwards `process.subject` is the saved row.

    `facts` go to the transition method; what it returns is recorded in the event, beside what is `noted` by the
    engine's own parts. `reason` is personal text and is kept apart from the event.

    Raises NotPermitted, WrongState, Stale or NotReady.
    """
    with transaction.atomic():
        process.subject = process.locked().subject
        subject = process.subject
        process.deed = Deed(action=action, by=by, at=at, from_state=subject.state, reason=reason, facts=facts)
        if expected_version is not None and subject.version != expected_version:
            raise _stale(process)
        transition = _transition(process, action)
        _ask(transition, process, by)
        office, role = process.office(transition.permission.office), transition.permission.name
        before = subject.state
        recorded = _take(process, action, facts)
        _close_tasks(process, transition, by, at)
        if subject.state != before:
            subject.version += 1
            subject.state_since = at
        _open_tasks(process, at, moved=subject.state != before)
        event = append(
            subject,
            action=action,
            by=by,
            at=at,
            office=office,
            role=role,
            from_state=before,
            to_state=subject.state,
            facts={**recorded, **dict(noted or {}), **_for_whom(by)},
            personal=_personal(by, office, reason),
        )
        subject.save(update_fields=[*ENGINE_FIELDS, *process.saves])
    return event


def record(
    row: Stream,
    action: str,
    *,
    by: Actor,
    at: datetime,
    office: Any = None,
    role: str = "",
    reason: str = "",
    names: Mapping[str, str] | None = None,
    **facts: Any,
) -> Event:
    """Append an event that changes no state. The caller is in a transaction and holds the row's lock.

    `names` are names of people that the event speaks of: they stand with the reason, apart from the event.
    """
    state = getattr(row, "state", "")
    event = append(
        row,
        action=action,
        by=by,
        at=at,
        office=office,
        role=role,
        from_state=state,
        to_state=state,
        facts=facts | _for_whom(by),
        personal=_personal(by, office, reason) | dict(names or {}),
    )
    row.save(update_fields=["sequence", "head"])
    return event


def allowed_actions(process: Process, by: Actor) -> dict[str, Transition]:
    """Return the steps that `by` may take now, by name; conditions are left to the attempt itself."""
    outgoing = type(process).state.get_outgoing_transitions(process.subject.state)
    return {step.slug: step for step in outgoing if step.has_perm(process, by)}


def open_tasks(subject: Any) -> QuerySet[Task]:
    """Return the tasks that wait for somebody on this subject."""
    kind = ContentType.objects.get_for_model(subject)
    return Task.objects.filter(content_type=kind, object_id=subject.pk, closed_at=None)


def open_work(subject: Any) -> Task | None:
    """Return the open work that an office has with this subject: the oldest, where several people have their own."""
    works = open_tasks(subject).filter(kind=Task.Kind.WORK)
    return works.select_related("assignee", "office").order_by("pk").first()


def _transition(process: Process, action: str) -> Transition:
    bound = getattr(process, action, None)
    descriptor = getattr(bound, "_descriptor", None)
    transition = descriptor.get_transition(process.subject.state) if descriptor else None
    if transition is None:
        raise WrongState(_("现在不能作这个决定：这一件已经进入其他环节。"))
    return transition


def _ask(transition: Transition, process: Process, by: Actor) -> None:
    verdict = transition.has_perm(process, by)
    if not verdict:
        reason = getattr(verdict, "reason", "") or _("您没有办理这一环节的权限。")
        raise NotPermitted(reason, getattr(verdict, "code", ""))


def _take(process: Process, action: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run the transition; viewflow asks its conditions first, whose answer carries everything that is missing."""
    try:
        recorded: Mapping[str, Any] = getattr(process, action)(**facts)
    except TransitionConditionsUnmet as unmet:
        raise NotReady(list(unmet.unmet_message)) from unmet
    except InvalidTargetState as unknown:
        raise WrongState(_("不能从现在的环节转到所选的环节。")) from unknown
    return recorded


def _stale(process: Process) -> Refused:
    last = (
        Event.objects.filter(stream=process.subject.stream)
        .filter(~Q(from_state=F("to_state")) | Q(action__in=process.makes_stale))
        .select_related("actor")
        .order_by("-sequence")
        .first()
    )
    if last is None:
        return Stale(_("这一件已经变动，请重新打开。"))
    return Stale(_("这一件已经办理。"), action=last.action, by=last.actor, at=last.at)


def _close_tasks(process: Process, transition: Transition, by: Actor, at: datetime) -> None:
    scope = transition.custom["tasks"]
    if scope == "none":
        return
    tasks = open_tasks(process.subject)
    if scope == "own":
        free = Q(assignee=None) | Q(assignee_id__in=hands_of(by))
        works = tasks.filter(free, kind=Task.Kind.WORK, hold__in=_passable(transition))
        tasks = _with_parts(tasks, works)
    elif scope == "mine":
        tasks = _with_parts(tasks, tasks.filter(assignee_id=by.pk, kind=Task.Kind.WORK))
    else:
        _cancel_rounds(process.subject, at)
    outcome = Case(When(kind=Task.Kind.WORK, then=Value(transition.slug)), default=Value(LAPSED))
    closed = tasks.update(closed_at=at, closed_by_id=by.pk, outcome=outcome)
    if scope == "own" and not closed:
        _refuse_held(process.subject, transition, by)


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


def _open_tasks(process: Process, at: datetime, *, moved: bool) -> None:
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
    """Let a work take the place of the office's last one of its stage: its rounds come along, and a refusal still bars."""
    about = {"content_type": work.content_type_id, "object_id": work.object_id}
    same = Task.objects.filter(**about, kind=Task.Kind.WORK, stage=work.stage, office=work.office_id)
    last = same.filter(closed_at__isnull=False).order_by("-pk").first()
    if last is None:
        return
    last.rounds.update(task=work)
    if last.hold == Task.Hold.REFUSED:
        work.hold = last.hold
        work.save(update_fields=["hold"])


def _for_whom(by: Actor) -> dict[str, str]:
    """Return for whom a substitute acted; nothing where people act for themselves."""
    return {"for": actor_code(by.principal)} if isinstance(by, Substitute) else {}


def _personal(by: Actor, office: Any, reason: str) -> dict[str, str]:
    said = {"actor": getattr(by, "name", ""), "office": getattr(office, "name", ""), "reason": reason}
    return said | {"principal": by.principal.name} if isinstance(by, Substitute) else said
