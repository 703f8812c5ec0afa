"""What whoever decided had before them stands in the event: the revision, and for the city the cards and the total."""

import pytest

from accreditation.models import Application
from accreditation.services import applications, ranking, review, signing, tasks
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import NOW
from workflows.models import Event
from workflows.signing import Plan, Terms

pytestmark = pytest.mark.django_db
BY_CARDS = {"approve", "publish", "name_studio"}


def facts(application: Application, action: str) -> dict:
    return Event.objects.filter(stream=application.stream, action=action).latest("sequence").facts


def seen(application: Application, action: str) -> dict:
    said = facts(application, action)
    return {name: said[name] for name in ("revision", "document", "scorecards", "total") if name in said}


def document(application: Application) -> str:
    return application.revisions.get(number=application.revision_number).sha256


def test_every_decision_says_on_what_it_was_taken():
    application = make.application_in(State.NAMED)
    cards = list(application.scorecards.order_by("pk").values_list("sha256", flat=True))
    basis = {"revision": 1, "document": document(application)}
    with_cards = {**basis, "scorecards": cards, "total": "100.00"}
    decided = Event.objects.filter(stream=application.stream).exclude(
        action__in=["start", "issue_certificate"]
    )
    found = {event.action: seen(application, event.action) for event in decided}
    assert {action: said for action, said in found.items() if action in BY_CARDS} == dict.fromkeys(
        BY_CARDS, with_cards
    )
    assert found.pop("conclude") == with_cards
    assert {action for action, said in found.items() if said == basis} == {
        "submit", "recommend", "convene", "score", "end_notice",
    }  # fmt: skip
    assert facts(application, "score")["scorecard"] in cards


def test_a_return_by_the_city_names_the_total_it_took_and_the_cards_and_the_next_revision_begins_anew():
    application = make.application_in(State.CITY_DECISION)
    who, basis = make.cast(), {"revision": 1, "document": document(application)}
    review.send_back(
        application, by=who.city_decider, at=NOW, expected_version=application.version, reason="补材料。"
    )
    said = seen(application, "send_back")
    assert (len(said.pop("scorecards")), said) == (3, {**basis, "total": "100.00"})
    returned = make.fresh(application)
    applications.submit(returned, by=who.applicant, at=NOW, expected_version=returned.version)
    again = make.fresh(application)
    make._convene(again, who, NOW)
    assert seen(application, "convene") == {"revision": 2, "document": document(again)}


def test_withdrawing_a_draft_has_nothing_to_see_and_the_applicant_never_sees_cards():
    draft, judged = make.draft(leader_name="张毅"), make.application_in(State.LISTED)
    who = make.cast()
    for one in (draft, judged):
        applications.withdraw(
            make.fresh(one), by=who.applicant, at=NOW, expected_version=make.fresh(one).version
        )
    assert seen(draft, "withdraw") == {"revision": 0}
    assert seen(judged, "withdraw") == {"revision": 1, "document": document(judged)}


def test_advice_proposals_and_signatures_say_so_too():
    application = make.application_in(State.DISTRICT_REVIEW)
    who, basis = make.cast(), {"revision": 1, "document": document(application)}
    tasks.claim(application, by=who.district_decider, at=NOW)
    tasks.delegate(
        application, by=who.district_decider, to=who.district_reviewer, at=NOW, question="是否有效？"
    )
    tasks.advise(application, by=who.district_reviewer, at=NOW, opinion="有效。")
    plan = Plan([who.district_reviewer], "after", Terms("all"))
    round_ = signing.open_round(make.fresh(application), by=who.district_decider, at=NOW, plan=plan)
    review.recommend(
        application, by=who.district_decider, at=NOW, expected_version=application.version, reason="同意。"
    )
    signing.sign(make.fresh(application), round_, by=who.district_reviewer, at=NOW, verdict="agree")
    assert {action: seen(application, action) for action in ("advise", "propose", "sign", "recommend")} == (
        dict.fromkeys(("advise", "propose", "sign", "recommend"), basis)
    )


def test_advice_of_who_decides_for_the_city_is_given_with_the_cards():
    application = make.application_in(State.CITY_DECISION)
    who = make.cast()
    other = make.member(who.city, "decide", username="other")
    tasks.claim(application, by=who.city_decider, at=NOW)
    tasks.delegate(application, by=who.city_decider, to=other, at=NOW, question="同意否？")
    tasks.advise(application, by=other, at=NOW, opinion="同意。")
    assert len(seen(application, "advise")["scorecards"]) == 3


def test_an_order_of_candidates_names_the_revision_of_each():
    who = make.cast()
    candidates = [make.application_in(State.DISTRICT_REVIEW, leader_name=name) for name in ("王金山", "张毅")]
    order = [one.public_id for one in reversed(candidates)]
    event = ranking.rank(who.cycle, who.district, order, by=who.district_decider, at=NOW, expected_version=0)
    assert event is not None
    assert event.facts["applications"] == [str(one) for one in order]
    assert event.facts["revisions"] == [1, 1]
    assert event.facts["documents"] == [document(one) for one in reversed(candidates)]
