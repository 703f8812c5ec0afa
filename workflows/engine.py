"""The only way a state changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from viewflow.fsm import Transition, TransitionConditionsUnmet

from workflows.actors import Actor
from workflows.ledger.chain import append
from workflows.models import Event, Stream, Task
from workflows.process import Deed, Process
from workflows.refusals import NotPermitted, NotReady, Refused, Stale, WrongState

ENGINE_FIELDS = ("state", "state_since", "version", "sequence", "head")


def perform(
    process: Process,
    action: str,
    *,
    by: Actor,
    at: datetime,
    expected_version: int | None,
    reason: str = "",
    **facts: Any,
) -> Event:
    """Take one step of a process, or refuse it and leave everything as it was.

    In one transaction: lock the row, compare its version with the one the actor saw (None: due work, which
    decides on the row as it is), ask the permission, ask the conditions, run the transition, close and open
    tasks, append the event, save the row. Afterwards `process.subject` is the saved row.

    `facts` go to the transition method; what it returns is recorded in the event. `reason` is personal text
    and is kept apart from the event.

    Raises NotPermitted, WrongState, Stale or NotReady.
    """
    with transaction.atomic():
        process.subject = process.locked().subject
        process.deed = Deed(action=action, by=by, at=at, reason=reason, facts=facts)
        subject = process.subject
        if expected_version is not None and subject.version != expected_version:
            raise _stale(subject)
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
            facts=recorded,
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
    **facts: Any,
) -> Event:
    """Append an event that changes no state. The caller is in a transaction and holds the row's lock."""
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
        facts=facts,
        personal=_personal(by, office, reason),
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
        raise NotPermitted(getattr(verdict, "reason", "") or _("您没有办理这一环节的权限。"))


def _take(process: Process, action: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run the transition; viewflow asks its conditions first, whose answer carries everything that is missing."""
    try:
        recorded: Mapping[str, Any] = getattr(process, action)(**facts)
    except TransitionConditionsUnmet as unmet:
        raise NotReady(list(unmet.unmet_message)) from unmet
    return recorded


def _stale(subject: Any) -> Refused:
    last = (
        Event.objects.filter(stream=subject.stream)
        .exclude(from_state=F("to_state"))
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
        tasks = tasks.filter(Q(assignee=None) | Q(assignee_id=by.pk))
    elif scope == "mine":
        tasks = tasks.filter(assignee_id=by.pk)
    closed = tasks.update(closed_at=at, closed_by_id=by.pk, outcome=transition.slug)
    if scope == "own" and not closed:
        held = open_tasks(process.subject).exclude(assignee=None).select_related("assignee").first()
        if held is not None and held.assignee is not None:
            raise NotPermitted(
                _("这一件由%(name)s认领，由其办理或释放后您才能办理。") % {"name": held.assignee.name}
            )


def _open_tasks(process: Process, at: datetime, *, moved: bool) -> None:
    openings = process.openings(moved=moved)
    if not openings:
        return
    kind = ContentType.objects.get_for_model(process.subject)
    Task.objects.bulk_create(
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


def _personal(by: Actor, office: Any, reason: str) -> dict[str, str]:
    return {
        "actor": getattr(by, "name", ""),
        "office": getattr(office, "name", ""),
        "reason": reason,
    }
