"""Change a round while it runs: add a signer, take one away, change its terms, cancel it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.actors import Actor, actor_code, hands_of
from workflows.held import May
from workflows.models import Signature, SigningRound
from workflows.process import Process
from workflows.refusals import NotPermitted, NotReady, Problem, WrongState
from workflows.signing.evaluation import State, Terms, misfits
from workflows.signing.opening import facts_of, unfit
from workflows.signing.rounds import REMOVED, changed, close, places, running_round, terms_of
from workflows.signing.rules import Rules


def add_signer(
    process: Process, signing: SigningRound, rules: Rules, *, by: Actor, at: datetime, signer: Any
) -> SigningRound:
    """Ask one more person to sign, last where it goes in order. Raises NotPermitted, WrongState, NotReady."""
    with transaction.atomic():
        signing = _changeable(process, signing, rules.may_change, by)
        everybody = places(signing)
        apart = hands_of(by) | {signing.task.assignee_id, signing.opened_by_id}
        known = [one.signer for one in everybody if one.signer_id == signer.pk]
        problems = [*unfit(process, [*known, signer], rules, apart=apart)]
        if problems:
            raise NotReady(problems)
        last = signing.signatures.order_by("position").last()
        Signature.objects.create(round=signing, signer=signer, position=last.position + 1 if last else 1)
        said = {"by": by, "at": at, "names": {"to": signer.name}, "to": actor_code(signer)}
        changed(process, signing, "add_signer", rules, **said)
    return signing


def remove_signer(
    process: Process, signing: SigningRound, rules: Rules, *, by: Actor, at: datetime, signer: Any
) -> SigningRound:
    """Take away somebody who has not signed; the round that nobody is left in is cancelled.

    Raises NotPermitted, WrongState, or NotReady when too few would be left for the terms.
    """
    with transaction.atomic():
        signing = _changeable(process, signing, rules.may_change, by)
        everybody = places(signing)
        place = next((one for one in everybody if one.signer_id == signer.pk), None)
        if place is None:
            raise WrongState(_("%(name)s不在这一轮的签署人之中。") % {"name": signer.name})
        if place.verdict:
            raise WrongState(_("%(name)s已经签署，不能减去。") % {"name": signer.name})
        left = len(everybody) - 1
        if left and misfits(terms_of(signing), left):
            words = _("减去后剩%(count)d名签署人，达不到通过条件；先更改通过条件。")
            raise NotReady([Problem(words % {"count": left})])
        place.removed_at = at
        place.save(update_fields=["removed_at"])
        close(place, REMOVED, at=at, by=by)
        said = {"by": by, "at": at, "names": {"to": signer.name}, "to": actor_code(signer)}
        changed(process, signing, "remove_signer", rules, **said)
    return signing


def change_terms(
    process: Process,
    signing: SigningRound,
    rules: Rules,
    *,
    by: Actor,
    at: datetime,
    terms: Terms,
    in_order: bool,
) -> SigningRound:
    """Change what the running round asks for. Raises NotPermitted, WrongState, NotReady."""
    with transaction.atomic():
        signing = _changeable(process, signing, rules.may_change, by)
        problems, terms = misfits(terms, len(places(signing))), terms.in_use()
        if problems:
            raise NotReady(problems)
        if (terms, in_order) == (terms_of(signing), signing.in_order):
            return signing
        signing.mode, signing.threshold, signing.quorum = terms.mode, terms.threshold, terms.quorum
        signing.in_order = in_order
        signing.save(update_fields=["mode", "threshold", "quorum", "in_order"])
        changed(process, signing, "change_signing", rules, by=by, at=at, **facts_of(signing))
    return signing


def cancel_round(
    process: Process, signing: SigningRound, rules: Rules, *, by: Actor, at: datetime
) -> SigningRound:
    """Give the round up; what was signed stays on record. A round that has ended cannot be cancelled."""
    with transaction.atomic():
        signing = _changeable(process, signing, rules.may_cancel, by)
        changed(process, signing, "cancel_signing", rules, by=by, at=at, result=State.CANCELLED)
    return signing


def _changeable(process: Process, signing: SigningRound, may: May, by: Actor) -> SigningRound:
    """Return the locked, running round if it is `by`'s to change: who opened it, or who holds the work."""
    signing = running_round(process, signing)
    if not {signing.opened_by_id, signing.task.assignee_id} & hands_of(by):
        raise NotPermitted(_("加签由发起的人或者办理这一件的人变更。"))
    verdict = may(process.subject, by)
    if not verdict:
        raise NotPermitted(verdict.reason, verdict.code)
    return signing
