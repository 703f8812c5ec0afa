"""A round as it runs: whose turn it is, what its last change leads to, how it ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from workflows.actors import SYSTEM, Actor, Substitute
from workflows.engine import perform, record
from workflows.models import Event, Signature, SigningRound, Task
from workflows.process import Process
from workflows.refusals import Refused, WrongState
from workflows.signing.evaluation import State, Terms, evaluate
from workflows.signing.rules import Rules
from workflows.works import LAPSED

RUNNING = (State.PLANNED, State.OPEN)
REMOVED = "removed"
"""Outcomes of a signature's task that nobody needs to do any more: the round is over, the signer was taken away."""


def running_round(process: Process, signing: SigningRound) -> SigningRound:
    """Lock the subject and return the round as it now is. Raises WrongState when it has ended."""
    process.subject = process.locked().subject
    now = SigningRound.objects.select_related("task__office").get(pk=signing.pk)
    over = now.state not in RUNNING or now.task.closed_at is not None
    if over or now.task.object_id != process.subject.pk:
        raise WrongState(_("这一轮加签已经结束。"))
    return now


def places(signing: SigningRound) -> Sequence[Signature]:
    """Return the places of those who are in the round, in their order."""
    return list(signing.signatures.filter(removed_at=None).select_related("signer", "signed_by", "task"))


def terms_of(signing: SigningRound) -> Terms:
    """Return what the round asks for."""
    return Terms(signing.mode, signing.threshold, signing.quorum)


def hold_as(work: Task, hold: str) -> None:
    """Let the work wait, or wait no more."""
    work.hold = hold
    work.save(update_fields=["hold"])


def close(place: Signature, outcome: str, *, at: datetime, by: Actor | None = None) -> None:
    """Close the task of a place, if it has an open one."""
    if place.task_id is not None:
        own = Task.objects.filter(pk=place.task_id, closed_at=None)
        own.update(closed_at=at, closed_by=by.pk if by else None, outcome=outcome)


def changed(
    process: Process,
    signing: SigningRound,
    action: str,
    rules: Rules,
    *,
    by: Actor,
    at: datetime,
    role: str = "",
    reason: str = "",
    names: Mapping[str, str] | None = None,
    result: str = "",
    **facts: Any,
) -> Event:
    """Record what was done to a running round, ask anew how it stands (unless told), and do what follows from that."""
    result = result or _result(signing)
    event = record(
        process.subject,
        action,
        by=by,
        at=at,
        office=signing.task.office,
        role=role or rules.role,
        reason=reason,
        names=names,
        **{"round": str(signing.public_id), "result": str(result), **facts},
    )
    if result == State.OPEN:
        _arrange(process, signing, rules, at)
    elif result != State.PLANNED:
        end(process, signing, result, at=at)
    return event


def end(process: Process, signing: SigningRound, result: str, *, at: datetime) -> None:
    """End the round: who has not signed need not, and the work, or the decision that waited, goes on."""
    signing.state, signing.ended_at = result, at
    signing.save(update_fields=["state", "ended_at"])
    work = signing.task
    work.parts.filter(signature__round=signing, closed_at=None).update(closed_at=at, outcome=LAPSED)
    hold_as(work, _hold_after(work))
    if result == State.PASSED and signing.proposal:
        _take_effect(process, signing, at)


def _result(signing: SigningRound) -> str:
    verdicts = [place.verdict for place in places(signing)]
    if signing.state == State.PLANNED:
        return State.PLANNED if verdicts else State.CANCELLED
    return evaluate(terms_of(signing), verdicts)


def _hold_after(work: Task) -> str:
    """A refusal holds until another round passes: cancelling a later round does not take it away."""
    ruled = work.rounds.filter(state__in=[State.PASSED, State.REFUSED]).order_by("ended_at", "pk").last()
    return Task.Hold.REFUSED if ruled and ruled.state == State.REFUSED else Task.Hold.NONE


def _arrange(process: Process, signing: SigningRound, rules: Rules, at: datetime) -> None:
    """Give a task to everybody whose turn it is and to nobody else: all who have not signed, or the first of them."""
    waiting = [place for place in places(signing) if not place.verdict]
    turn = waiting[:1] if signing.in_order else waiting
    for place in waiting:
        if place not in turn and place.task is not None:
            close(place, LAPSED, at=at)
            place.task = None
            place.save(update_fields=["task"])
    for place in turn:
        if place.task is None:
            place.task = _open_task(signing, place, at, rules.due(process.subject, at))
            place.save(update_fields=["task"])


def _open_task(signing: SigningRound, place: Signature, at: datetime, due_at: datetime) -> Task:
    """Ask for a signature, before the work itself is due as long as it is not."""
    work = signing.task
    return Task.objects.create(
        kind=Task.Kind.SIGNATURE,
        part_of=work,
        content_type_id=work.content_type_id,
        object_id=work.object_id,
        stage=work.stage,
        office_id=work.office_id,
        assignee_id=place.signer_id,
        opened_at=at,
        due_at=min(due_at, work.due_at) if at < work.due_at else due_at,
        note=signing.note,
    )


def _take_effect(process: Process, signing: SigningRound, at: datetime) -> None:
    """Take the decision that waited. If something stands against it by now that is recorded: the round has passed."""
    proposal = signing.proposal
    try:
        with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
            perform(
                process,
                proposal["action"],
                by=_proposer(proposal, at),
                at=at,
                expected_version=proposal["version"],
                reason=proposal["reason"],
                noted={"signed": str(signing.public_id)},
                **proposal["facts"],
            )
    except Refused as refusal:
        process.subject = process.locked().subject
        record(
            process.subject,
            "proposal_lapsed",
            by=SYSTEM,
            at=at,
            office=signing.task.office,
            reason=refusal.reason,
            **{"round": str(signing.public_id), "decision": proposal["action"]},
        )


def _proposer(proposal: Mapping[str, Any], at: datetime) -> Actor:
    people = get_user_model()._default_manager
    user, principal = people.get(public_id=proposal["by"]), proposal["for"]
    return Substitute(user, people.get(public_id=principal), at) if principal else user
