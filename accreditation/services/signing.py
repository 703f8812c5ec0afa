"""加签, 减签, 会签: colleagues of the office sign before a decision, or before it takes effect."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, User
from accreditation.permissions import REVIEW
from accreditation.process import ReviewProcess
from accreditation.queries.signers import SIGNED_AFTER, SIGNED_IN, able_to_sign, may_sign
from accreditation.queries.task_rights import may_have, may_let_go
from accreditation.versions import process_of
from workflows import signing, tasks
from workflows.actors import Actor
from workflows.engine import perform
from workflows.models import Event, SigningRound
from workflows.refusals import NotReady, Problem, SignedAfter, Verdict, WrongState
from workflows.signing import Plan, Rules, Terms
from workflows.working_days import deadline


def _due(application: Application, at: datetime) -> datetime:
    return deadline(at, application.cycle.review_days)


def _may_cancel(application: Application, by: Actor) -> Verdict:
    return may_sign(application, by) or may_let_go(application, by)


RULES = Rules(
    able=able_to_sign,
    may_sign=may_sign,
    may_change=may_sign,
    may_cancel=_may_cancel,
    due=_due,
    role=REVIEW,
)


def open_round(application: Application, *, by: Actor, at: datetime, plan: Plan) -> SigningRound:
    """Open a round on the work that `by` holds, or takes by this. Raises NotPermitted, WrongState, Stale, NotReady."""
    process = process_of(application)
    with transaction.atomic():
        tasks.claim(process, by=by, at=at, role=REVIEW, may=may_have)
        state = process.subject.state
        if state not in SIGNED_IN:
            raise WrongState(_("这一环节不加签。"))
        if plan.placement == SigningRound.Placement.AFTER and state not in SIGNED_AFTER:
            raise NotReady([Problem(_("这一环节只能在决定之前加签。"), field="placement")])
        return signing.open_round(process, plan, RULES, by=by, at=at)


def decide(
    application: Application,
    action: str,
    *,
    by: Actor,
    at: datetime,
    expected_version: int,
    reason: str,
    **facts: Any,
) -> Event:
    """Take a decision; where a round is planned for after it, propose it to the signers.

    Raises NotPermitted, WrongState, Stale or NotReady.
    """
    process = process_of(application)
    decision: Mapping[str, Any] = {
        "by": by, "at": at, "expected_version": expected_version, "reason": reason
    }  # fmt: skip
    try:
        return perform(process, action, **decision, **facts)
    except SignedAfter:
        return _propose(process, action, decision, facts)


def _propose(
    process: ReviewProcess, action: str, decision: Mapping[str, Any], facts: Mapping[str, Any]
) -> Event:
    """Propose the decision to the signers; take it if the round has been cancelled in the meantime."""
    with transaction.atomic():
        process.subject = process.locked().subject
        planned = signing.planned_round(process.subject)
        if planned is None:
            return perform(process, action, **decision, **facts)
        return signing.propose(process, planned, action, RULES, **decision, facts=facts)


def sign(
    application: Application,
    signing_round: SigningRound,
    *,
    by: Actor,
    at: datetime,
    verdict: str,
    opinion: str = "",
) -> SigningRound:
    """Agree or disagree on one's own place in a round, or on a principal's. The round is evaluated at once."""
    process = process_of(application)
    return signing.sign(process, signing_round, RULES, by=by, at=at, verdict=verdict, opinion=opinion)


def add_signer(
    application: Application, signing_round: SigningRound, *, by: Actor, at: datetime, signer: User
) -> SigningRound:
    """加签: ask one more person to sign."""
    return signing.add_signer(process_of(application), signing_round, RULES, by=by, at=at, signer=signer)


def remove_signer(
    application: Application, signing_round: SigningRound, *, by: Actor, at: datetime, signer: User
) -> SigningRound:
    """减签: take away somebody who has not signed."""
    return signing.remove_signer(process_of(application), signing_round, RULES, by=by, at=at, signer=signer)


def change_terms(
    application: Application,
    signing_round: SigningRound,
    *,
    by: Actor,
    at: datetime,
    terms: Terms,
    in_order: bool,
) -> SigningRound:
    """Change when the running round passes, and whether it goes in order."""
    process = process_of(application)
    return signing.change_terms(process, signing_round, RULES, by=by, at=at, terms=terms, in_order=in_order)


def cancel_round(
    application: Application, signing_round: SigningRound, *, by: Actor, at: datetime
) -> SigningRound:
    """Give a running round up: the work is its holder's again."""
    return signing.cancel_round(process_of(application), signing_round, RULES, by=by, at=at)
