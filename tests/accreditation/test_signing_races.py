"""Two at once in a round of signatures, on a real PostgreSQL: one follows the other, and nothing is done twice."""

import pytest

from accreditation.models import Application, User
from accreditation.services import review, signing
from tests import factories as make
from tests.accreditation.test_races import race, refusals
from tests.factories import AT
from workflows.models import Event, Signature, SigningRound, Task
from workflows.refusals import NotPermitted, WrongState
from workflows.signing import Plan, Terms
from workflows.works import open_work

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 8


def prepared(mode: str = "any", **plan: str) -> list[tuple[Application, SigningRound, list[User]]]:
    """Return applications at the district, each with a round of two that runs, or is planned."""
    who = make.cast()
    signers = [make.member(who.district, "review") for _number in range(2)]
    found = []
    for number in range(ROUNDS):
        application = make.application_in("district_review", leader_name=f"劳模{number}")
        wanted = Plan(signers=signers, terms=Terms(mode), **({"placement": "before"} | plan))
        round_ = signing.open_round(application, by=who.district_decider, at=AT, plan=wanted)
        found.append((application, round_, signers))
    return found


def sign(application: Application, round_: SigningRound, by: User, verdict: str = "agree") -> SigningRound:
    return signing.sign(application, round_, by=by, at=AT, verdict=verdict, opinion="没有凭证。")


def state_of(round_: SigningRound) -> str:
    return SigningRound.objects.get(pk=round_.pk).state


def is_tidy(application: Application, round_: SigningRound) -> bool:
    """Whether nobody is asked for a signature any more, and the events are as many as the signatures."""
    signed = Signature.objects.filter(round=round_).exclude(verdict="").count()
    events = Event.objects.filter(stream=application.stream, action="sign").count()
    asked = Task.objects.filter(signature__round=round_, closed_at=None).count()
    return (signed, asked) == (events, 0)


def test_of_two_who_could_each_pass_a_round_one_does() -> None:
    for application, round_, (one, two) in prepared():
        results = race(lambda: sign(application, round_, one), lambda: sign(application, round_, two))
        assert refusals(results) == [WrongState]
        assert (state_of(round_), open_work(application).hold) == ("passed", "")
        assert is_tidy(application, round_)


def test_agreement_and_disagreement_of_two_make_one_result() -> None:
    for application, round_, (one, two) in prepared("all"):
        results = race(
            lambda: sign(application, round_, one), lambda: sign(application, round_, two, "disagree")
        )
        assert refusals(results) in ([], [WrongState])
        assert (state_of(round_), open_work(application).hold) == ("refused", "refused")
        assert is_tidy(application, round_)


def test_a_signer_who_presses_twice_counts_once() -> None:
    for application, round_, (one, _two) in prepared("all"):
        results = race(lambda: sign(application, round_, one), lambda: sign(application, round_, one))
        assert refusals(results) == [WrongState]
        assert Event.objects.filter(stream=application.stream, action="sign").count() == 1


def test_of_a_signature_and_a_cancelling_the_later_is_refused() -> None:
    holder = make.cast().district_decider
    for application, round_, (one, _two) in prepared():
        results = race(
            lambda: sign(application, round_, one),
            lambda: signing.cancel_round(application, round_, by=holder, at=AT),
        )
        assert refusals(results) == [WrongState]
        signed = isinstance(results[0], SigningRound)
        assert (state_of(round_), open_work(application).hold) == ("passed" if signed else "cancelled", "")
        assert is_tidy(application, round_)


def test_of_a_signature_and_its_removal_one_is_refused() -> None:
    holder = make.cast().district_decider
    for application, round_, (one, two) in prepared("all"):
        sign(application, round_, two)
        results = race(
            lambda: sign(application, round_, one, "disagree"),
            lambda: signing.remove_signer(application, round_, by=holder, at=AT, signer=one),
        )
        signed = isinstance(results[0], SigningRound)
        assert refusals(results) == [WrongState]
        assert state_of(round_) == ("refused" if signed else "passed")
        assert is_tidy(application, round_)


def test_of_a_signature_and_a_decision_the_decision_comes_after_or_not_at_all() -> None:
    holder = make.cast().district_decider
    for application, round_, (one, _two) in prepared():
        results = race(
            lambda: sign(application, round_, one),
            lambda: review.recommend(
                application, by=holder, at=AT, expected_version=application.version, reason="同意推荐。"
            ),
        )
        assert refusals(results) in ([], [NotPermitted])
        decided = not refusals(results)
        assert state_of(round_) == "passed"
        assert make.fresh(application).state == ("city_intake" if decided else "district_review")
        order = list(
            Event.objects.filter(stream=application.stream, action__in=["sign", "recommend"])
            .exclude(office=make.cast().union)
            .order_by("sequence")
            .values_list("action", flat=True)
        )
        assert order == (["sign", "recommend"] if decided else ["sign"])


def test_a_proposal_takes_effect_once_when_two_sign_at_the_same_moment() -> None:
    holder = make.cast().district_decider
    for application, round_, (one, two) in prepared("all", placement="after"):
        review.recommend(
            application, by=holder, at=AT, expected_version=application.version, reason="同意推荐。"
        )
        results = race(lambda: sign(application, round_, one), lambda: sign(application, round_, two))
        assert refusals(results) == []
        done = Event.objects.filter(
            stream=application.stream, action="recommend", office=make.cast().district
        )
        assert (done.count(), state_of(round_), is_tidy(application, round_)) == (1, "passed", True)


def test_of_a_decision_and_the_cancelling_of_its_planned_round_nothing_is_left_hanging() -> None:
    holder = make.cast().district_decider
    for application, round_, _signers in prepared("all", placement="after"):
        results = race(
            lambda: review.recommend(
                application, by=holder, at=AT, expected_version=application.version, reason="同意推荐。"
            ),
            lambda: signing.cancel_round(application, round_, by=holder, at=AT),
        )
        assert refusals(results) == []
        assert (state_of(round_), is_tidy(application, round_)) == ("cancelled", True)
        decided = results[0].action == "recommend"
        assert make.fresh(application).state == ("city_intake" if decided else "district_review")


def test_of_two_rounds_opened_at_once_one_is() -> None:
    who = make.cast()
    signers = [make.member(who.district, "review")]
    for number in range(ROUNDS):
        application = make.application_in("district_review", leader_name=f"劳模{number}")
        plan = Plan(signers=signers, terms=Terms("all"), placement="before")

        def ask() -> SigningRound:
            return signing.open_round(application, by=who.district_decider, at=AT, plan=plan)

        assert refusals(race(ask, ask)) == [WrongState]
        assert SigningRound.objects.filter(task=open_work(application)).count() == 1
