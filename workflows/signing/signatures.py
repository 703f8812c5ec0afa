"""Sign in a round: agree, or disagree and say why. Nobody counts twice."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.actors import Actor, Substitute, hands_of, holder_of
from workflows.models import Signature, SigningRound
from workflows.process import Process
from workflows.refusals import NotPermitted, NotReady, Problem, WrongState
from workflows.signing.evaluation import State, Verdict
from workflows.signing.rounds import changed, close, places, running_round
from workflows.signing.rules import Rules


def sign(
    process: Process,
    signing: SigningRound,
    rules: Rules,
    *,
    by: Actor,
    at: datetime,
    verdict: str,
    opinion: str = "",
) -> SigningRound:
    """Sign on one's place in the round, or for the principal whose place it is; the round is evaluated at once.

    Raises NotPermitted for who has no place or counts already, WrongState when the round or the turn is over or
    not yet there, NotReady without a verdict or for a disagreement without an opinion.
    """
    with transaction.atomic():
        signing = running_round(process, signing)
        place = _place(signing, by)
        allowed = rules.may_sign(process.subject, by)
        if not allowed:
            raise NotPermitted(allowed.reason, allowed.code)
        _refuse_empty(verdict, opinion)
        place.verdict, place.opinion, place.signed_at, place.signed_by_id = (
            verdict,
            opinion.strip(),
            at,
            by.pk,
        )
        place.save(update_fields=["verdict", "opinion", "signed_at", "signed_by"])
        close(place, verdict, at=at, by=by)
        said = {"by": by, "at": at, "reason": place.opinion, "verdict": verdict}
        changed(process, signing, "sign", rules, **said, **process.seen(by))
    return signing


def _place(signing: SigningRound, by: Actor) -> Signature:
    """Return the place on which `by` signs now."""
    everybody = places(signing)
    place = next((one for one in everybody if one.signer_id == holder_of(by).pk), None)
    if place is None:
        raise NotPermitted(_("您不在这一轮的签署人之中。"))
    if place.verdict:
        raise WrongState(_("%(name)s已经签署。") % {"name": place.signer.name})
    _refuse_twice(signing, everybody, by)
    if signing.state == State.PLANNED:
        raise WrongState(_("办理人作出决定后才开始签署。"))
    if place.task is None:
        first = next(one for one in everybody if not one.verdict)
        raise WrongState(_("按次序签署，现在轮到%(name)s。") % {"name": first.signer.name})
    return place


def _refuse_twice(signing: SigningRound, everybody: Sequence[Signature], by: Actor) -> None:
    """One person is one voice: neither two signatures, nor a signature on one's own decision."""
    if any(one.signed_by_id == by.pk for one in everybody):
        raise NotPermitted(_("您已在这一轮签署过，同一人不计两次。"))
    if isinstance(by, Substitute) and any(one.signer_id == by.pk for one in everybody):
        raise NotPermitted(_("您自己也在这一轮签署，同一人不计两次，不能再代人签署。"))
    proposers = {signing.proposal.get("by"), signing.proposal.get("for")}
    proposed = not proposers.isdisjoint({str(by.public_id), str(holder_of(by).public_id)})
    if proposed or {signing.opened_by_id, signing.task.assignee_id} & hands_of(by):
        raise NotPermitted(_("这一轮由您发起或者由您办理，不能由您签署。"))


def _refuse_empty(verdict: str, opinion: str) -> None:
    if verdict not in {Verdict.AGREE, Verdict.DISAGREE}:
        raise NotReady([Problem(_("选择同意或者不同意"), field="verdict")])
    if verdict == Verdict.DISAGREE and not opinion.strip():
        raise NotReady([Problem(_("不同意时写明意见"), field="opinion")])
