"""The only way a state changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from viewflow.fsm import InvalidTargetState, Transition, TransitionConditionsUnmet

from workflows.actors import Actor, Substitute, actor_code
from workflows.ledger.chain import append
from workflows.models import Event, Stream
from workflows.process import Deed, Process
from workflows.refusals import NotPermitted, NotReady, Refused, Stale, WrongState
from workflows.works import close_tasks, open_new_tasks

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

    `facts` go to the transition method; what it returns is recorded in the event, beside what is `noted` by who
    asks for the step. `reason` is personal text and is kept apart from the event.

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
        close_tasks(process, transition, by, at)
        if subject.state != before:
            subject.version += 1
            subject.state_since = at
        open_new_tasks(process, at, moved=subject.state != before)
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


def _for_whom(by: Actor) -> dict[str, str]:
    """Return for whom a substitute acted; nothing where people act for themselves."""
    return {"for": actor_code(by.principal)} if isinstance(by, Substitute) else {}


def _personal(by: Actor, office: Any, reason: str) -> dict[str, str]:
    said = {"actor": getattr(by, "name", ""), "office": getattr(office, "name", ""), "reason": reason}
    return said | {"principal": by.principal.name} if isinstance(by, Substitute) else said
