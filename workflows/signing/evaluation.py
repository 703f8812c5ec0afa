"""Whether a round of signatures has passed: 会签 (all), 或签 (any), 票签 (a vote)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from workflows.models import Signature, SigningRound
from workflows.refusals import Problem

Mode, State, Verdict = SigningRound.Mode, SigningRound.State, Signature.Verdict


@dataclass(frozen=True)
class Terms:
    """What a round asks for: `threshold` agreements in a vote, `quorum` signatures before it can pass (0: any)."""

    mode: str
    threshold: int = 0
    quorum: int = 0

    def in_use(self) -> "Terms":
        """Return the terms without the numbers that the mode does not read: in 会签 all sign and all agree."""
        if self.mode == Mode.ALL:
            return replace(self, threshold=0, quorum=0)
        return self if self.mode == Mode.VOTE else replace(self, threshold=0)


def evaluate(terms: Terms, verdicts: Sequence[str]) -> str:
    """Return the state of a round with these verdicts, one for each place in it ("" has not signed).

    Passed as soon as enough agree and enough have signed; refused as soon as it can no longer pass: in 会签 by
    the first disagreement, in 或签 by the last. A round in which nobody is left is cancelled.
    """
    count, terms = len(verdicts), terms.in_use()
    agreed = verdicts.count(Verdict.AGREE)
    against = verdicts.count(Verdict.DISAGREE)
    needed = {Mode.ALL: count, Mode.ANY: 1, Mode.VOTE: terms.threshold}[Mode(terms.mode)]
    if not count:
        return State.CANCELLED
    if agreed >= needed and agreed + against >= terms.quorum:
        return State.PASSED
    if count - against < needed or count < terms.quorum:
        return State.REFUSED
    return State.OPEN


def misfits(terms: Terms, count: int) -> list[Problem]:
    """Return what such terms ask that `count` signers cannot give."""
    problems, terms, said = [], terms.in_use(), {"count": count}
    if terms.mode == Mode.VOTE and terms.threshold < 1:
        problems.append(Problem(_("填写同意票数，至少1票。"), field="threshold"))
    if terms.threshold > count:
        problems.append(Problem(_("签署人%(count)d名，同意票数不能更多。") % said, field="threshold"))
    if terms.quorum > count:
        problems.append(Problem(_("签署人%(count)d名，法定签署人数不能更多。") % said, field="quorum"))
    return problems
