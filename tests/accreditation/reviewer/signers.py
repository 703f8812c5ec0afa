"""People of the district who sign together, and the rounds that they sign in."""

from accreditation.models import Application, User
from accreditation.services import signing
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from workflows.models import SigningRound
from workflows.refusals import NotReady
from workflows.signing import Plan, Terms


def colleagues(count: int = 3) -> list[User]:
    """Return reviewers of the district of the cast, "甲" to "丙"."""
    place = make.cast().district
    return [
        make.member(place, "review", username=f"signer{number}", name=name)
        for number, name in zip(range(1, count + 1), "甲乙丙丁戊己", strict=False)
    ]


def opened(
    application: Application, signers: list[User], mode: str = "all", by: User | None = None, **plan
) -> SigningRound:
    """Return a round opened by the district's decider, placed before unless told otherwise."""
    terms = Terms(mode, threshold=plan.pop("threshold", 0), quorum=plan.pop("quorum", 0))
    placed = {"placement": "before"} | plan
    return signing.open_round(
        application,
        by=by or make.cast().district_decider,
        at=NOW,
        plan=Plan(signers=signers, terms=terms, **placed),
    )


def agree(application: Application, round_: SigningRound, *signers: User) -> None:
    """Let these people agree, one after the other."""
    for one in signers:
        signing.sign(application, round_, by=one, at=NOW, verdict="agree")


def disagree(
    application: Application, round_: SigningRound, signer: User, opinion: str = "效益没有凭证。"
) -> None:
    """Let somebody disagree."""
    signing.sign(application, round_, by=signer, at=NOW, verdict="disagree", opinion=opinion)


def words(refusal: NotReady) -> list[str]:
    """Return what a refusal asks for."""
    return [problem.message for problem in refusal.problems]
