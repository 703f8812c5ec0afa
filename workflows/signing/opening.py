"""Open a round of signatures before a decision; plan one for after it, and open that once the decision is taken."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.actors import Actor, Substitute, actor_code, hands_of
from workflows.engine import perform
from workflows.models import Event, Signature, SigningRound, Task
from workflows.process import Process
from workflows.refusals import NotPermitted, NotReady, Problem, WrongState
from workflows.signing.evaluation import State, Terms, misfits
from workflows.signing.rounds import RUNNING, changed, hold_as
from workflows.signing.rules import Rules
from workflows.works import open_tasks, open_work

BEFORE, AFTER = SigningRound.Placement.BEFORE, SigningRound.Placement.AFTER


@dataclass(frozen=True)
class Plan:
    """A round that somebody wants: who signs, before or after the decision, at once or in order, and its terms."""

    signers: Sequence[Any]
    placement: str
    terms: Terms
    in_order: bool = False
    note: str = ""


def open_round(process: Process, plan: Plan, rules: Rules, *, by: Actor, at: datetime) -> SigningRound:
    """Open a round on the work that `by` holds; one for after the decision is planned until that is taken.

    Raises NotPermitted, WrongState when nothing is open or the work already waits, NotReady for signers or numbers
    that do not fit.
    """
    with transaction.atomic():
        process.subject = process.locked().subject
        work = _free_work(process, by)
        verdict = rules.may_change(process.subject, by)
        if not verdict:
            raise NotPermitted(verdict.reason, verdict.code)
        problems = [*unfit(process, plan.signers, rules, apart={*hands_of(by), work.assignee_id})]
        problems += misfits(plan.terms, len(plan.signers))
        if problems:
            raise NotReady(problems)
        signing = _write(work, plan, by, at)
        changed(
            process,
            signing,
            "open_signing",
            rules,
            by=by,
            at=at,
            reason=plan.note,
            names={"to": _("、").join(one.name for one in plan.signers)},
            to=[actor_code(one) for one in plan.signers],
            placement=plan.placement,
            **facts_of(signing),
        )
    return signing


def facts_of(signing: SigningRound) -> dict[str, Any]:
    """Return what an event says of a round's terms."""
    return {
        "mode": signing.mode,
        "in_order": signing.in_order,
        "threshold": signing.threshold,
        "quorum": signing.quorum,
    }


def unfit(
    process: Process, signers: Sequence[Any], rules: Rules, *, apart: Collection[int | None]
) -> Iterator[Problem]:
    """Yield why these people cannot be asked to sign; `apart` are those who ask, or hold the work."""
    if not signers:
        yield Problem(_("选择签署人，至少1名。"), field="signers")
    if len({one.pk for one in signers}) < len(signers):
        yield Problem(_("同一人在一轮中只签一次。"), field="signers")
    for one in signers:
        if one.pk in apart:
            yield Problem(_("%(name)s办理这一件，不能再作签署人。") % {"name": one.name}, field="signers")
        elif not (verdict := rules.able(process.subject, one)):
            yield Problem(verdict.reason, field="signers")


def planned_round(subject: Any) -> SigningRound | None:
    """Return the round that waits for a decision on the subject's open work."""
    planned = SigningRound.objects.filter(task__in=open_tasks(subject), state=State.PLANNED)
    return planned.select_related("task__office").first()


def propose(
    process: Process,
    signing: SigningRound,
    action: str,
    rules: Rules,
    *,
    by: Actor,
    at: datetime,
    expected_version: int,
    reason: str,
    facts: Mapping[str, Any],
) -> Event:
    """Take a decision that has its effect once the planned round has passed.

    The caller holds the subject's lock. First it is tried: who could not take it now cannot propose it. Raises what
    `workflows.engine.perform` raises.
    """
    with transaction.atomic():
        said = {"by": by, "at": at, "expected_version": expected_version, "reason": reason}
        tried = _tried(process, signing.task, action, **said, **facts)
        signing.state = State.OPEN
        signing.proposal = {
            "action": action,
            "version": process.subject.version,
            "reason": reason,
            "facts": dict(facts),
            "by": str(by.public_id),
            "for": str(by.principal.public_id) if isinstance(by, Substitute) else "",
        }
        signing.save(update_fields=["state", "proposal"])
        hold_as(signing.task, Task.Hold.SIGNING)
        return changed(
            process,
            signing,
            "propose",
            rules,
            by=by,
            at=at,
            role=tried.role,
            reason=reason,
            **{**process.seen(by), "decision": action, **facts},
        )


def _tried(process: Process, work: Task, action: str, **decision: Any) -> Event:
    """Take the decision and undo it. The new round answers an earlier refusal, so that one is no bar."""
    with transaction.atomic():
        hold_as(work, Task.Hold.NONE)
        event = perform(process, action, **decision)
        transaction.set_rollback(True)
    process.subject = process.locked().subject
    return event


def _free_work(process: Process, by: Actor) -> Task:
    """Return the open work, which `by` holds and which waits for nobody."""
    work = open_work(process.subject)
    if work is None:
        raise WrongState(_("这一件现在没有待办。"))
    if work.assignee_id not in hands_of(by):
        raise NotPermitted(_("由办理人发起加签；先认领，或者由认领的人发起。"))
    if work.hold == Task.Hold.ADVICE:
        raise WrongState(_("这一件正在等待委派意见，收回委派后才能加签。"))
    if work.rounds.filter(state__in=RUNNING).exists():
        raise WrongState(_("这一件已有一轮加签，结束或取消后才能另外发起。"))
    return work


def _write(work: Task, plan: Plan, by: Actor, at: datetime) -> SigningRound:
    terms = plan.terms.in_use()
    signing = SigningRound.objects.create(
        task=work,
        placement=plan.placement,
        mode=terms.mode,
        in_order=plan.in_order,
        threshold=terms.threshold,
        quorum=terms.quorum,
        note=plan.note,
        state=State.OPEN if plan.placement == BEFORE else State.PLANNED,
        opened_by_id=by.pk,
        opened_at=at,
    )
    Signature.objects.bulk_create(
        Signature(round=signing, signer=one, position=position)
        for position, one in enumerate(plan.signers, start=1)
    )
    hold_as(work, Task.Hold.SIGNING if plan.placement == BEFORE else Task.Hold.PLANNED)
    return signing
