"""拿回 in the pages: offered while nobody has acted, said what follows, refused with who acted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Quota
from accreditation.queries.done import acts_of, done
from accreditation.queries.recall import recallable
from accreditation.services import offices, review, signing, substitutions, tasks
from accreditation.services.escalation import escalate_overdue, set_escalation
from accreditation.services.versions import Target, move
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.signers import colleagues, disagree, opened
from tests.page import parse
from workflows.actors import SYSTEM
from workflows.models import Event
from workflows.refusals import NotPermitted
from workflows.works import open_work

pytestmark = pytest.mark.django_db
DONE = "/desk/done/"


def address(application, act="recall/"):
    return f"/review/{application.public_id}/{act}"


def recommended(leader_name="王金山"):
    """Return an application that the district has just recommended to the city."""
    return make.application_in(State.CITY_INTAKE, leader_name=leader_name)


def offers(response, application):
    return address(application) in [link["href"] for link in parse(response).all("a")]


def take_back(client, application, **changes):
    return client.post(address(application), {"version": application.version, "reason": ""} | changes)


def test_the_own_decision_is_taken_back_and_the_work_is_in_ones_hands(signed_in):
    application, district = recommended(), make.user("district_decider")
    response = take_back(signed_in(district), application, reason="数字有误。")
    assert response.status_code == 302
    application = make.fresh(application)
    assert application.state == State.DISTRICT_REVIEW
    assert [task.assignee for task in application.tasks.filter(closed_at=None)] == [district]
    assert Quota.objects.get(organisation=make.cast().district).used == 0
    event = Event.objects.get(stream=application.stream, action="recall")
    assert (event.actor, event.office) == (district, make.cast().district)


def test_the_page_says_what_follows_and_writes_nothing(signed_in):
    application = recommended()
    events = Event.objects.count()
    response = signed_in(make.user("district_decider")).get(address(application))
    assert response.context["follows"] == [
        "回到“区县或产业工会审核”，由您持有，可以重新决定。",
        "重庆市总工会的待办同时撤销。",
        "占用的1个名额退还。",
        "原来的决定和这次拿回都留在记录中。",
    ]
    assert "符合条件。" in parse(response).words
    assert Event.objects.count() == events


def test_it_is_offered_after_deciding_on_the_review_page_and_among_what_is_done(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_decider"))
    sent = {"version": application.version, "decision": "recommend", "reason": "符合条件。"}
    assert offers(client.post(address(application, "decide/"), sent, follow=True), application)
    assert offers(client.get(address(application, "")), application)
    assert offers(client.get(DONE), application)
    assert not offers(signed_in(make.user("district_reviewer")).get(address(application, "")), application)
    assert not offers(signed_in(make.user("city_decider")).get(address(application, "")), application)


def test_once_the_next_level_acts_it_is_offered_no_more_and_says_who_acted(signed_in):
    application, city = recommended(), make.user("city_decider")
    client = signed_in(make.user("district_decider"))
    tasks.claim(application, by=city, at=NOW)
    assert not offers(client.get(DONE), application)
    assert not offers(client.get(address(application, "")), application)
    for response in (client.get(address(application)), take_back(client, application)):
        assert response.status_code == 409
        assert f"重庆市总工会{city.name}已经开始办理，不能拿回。" in parse(response).words
    assert make.fresh(application).state == State.CITY_INTAKE


def test_a_page_from_before_the_next_decision_reads_who_decided(signed_in):
    application, city = recommended(), make.user("city_decider")
    review.send_back(application, by=city, at=NOW, expected_version=application.version, reason="补材料。")
    response = take_back(signed_in(make.user("district_decider")), application, reason="写下的话")
    assert response.status_code == 409
    assert city.name in parse(response).words
    assert "写下的话" in parse(response).words


def test_once_the_applicant_mends_the_form_the_return_stands(signed_in):
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    client = signed_in(make.user("district_reviewer"))
    assert offers(client.get(DONE), application)
    application.edited_at = NOW
    application.save(update_fields=["edited_at"])
    assert not offers(client.get(DONE), application)
    response = client.get(address(application))
    assert (response.status_code, "申报单位已经开始补正" in parse(response).words) == (409, True)


@pytest.mark.parametrize("user", ["district_reviewer", "city_decider"])
def test_nobody_takes_back_what_somebody_else_decided(signed_in, user):
    application = recommended()
    client = signed_in(make.user(user))
    assert client.get(address(application)).status_code == 409
    assert take_back(client, application).status_code == 403
    assert make.fresh(application).state == State.CITY_INTAKE


def test_outside_the_scope_there_is_no_page(signed_in):
    application = recommended()
    for user in (make.cast("other").district_decider, make.user("applicant")):
        client = signed_in(user)
        assert [client.get(address(application)).status_code, take_back(client, application).status_code] == [
            404,
            404,
        ]


def test_a_grant_that_was_taken_away_stops_it(signed_in):
    application, district = recommended(), make.user("district_decider")
    client = signed_in(district)
    assert client.get(address(application)).status_code == 200
    offices.set_grants(make.cast().district, district, {"review"}, by=SYSTEM, at=NOW)
    offices.set_grants(make.cast().district, district, set(), by=SYSTEM, at=NOW)
    assert take_back(client, application).status_code in {403, 404}
    assert make.fresh(application).state == State.CITY_INTAKE


def test_taken_back_once_it_is_not_taken_back_again(signed_in):
    application = recommended()
    client = signed_in(make.user("district_decider"))
    take_back(client, application)
    application = make.fresh(application)
    assert client.get(address(application)).status_code == 409
    assert not offers(client.get(DONE), application)


def test_the_list_offers_what_the_act_would_do():
    """`recallable` answers for a whole list what `may_recall` and the condition answer for one act."""
    open_, claimed = recommended("王金山"), recommended("张毅")
    returned = make.application_in(State.RETURNED_BY_CITY, leader_name="周亚平")
    tasks.claim(claimed, by=make.user("city_decider"), at=NOW)
    found = recallable([open_, claimed, returned], make.user("district_decider"))
    assert list(found) == [open_.pk]
    assert list(recallable([open_, claimed, returned], make.user("city_decider"))) == [returned.pk]


def test_the_list_costs_the_same_for_one_and_for_thirty():
    district = make.cast().district_decider

    def cost():
        events = list(acts_of(district)[:30])
        with CaptureQueriesContext(connection) as queries:
            rows = done(events, district)
        assert all(row.may_recall for row in rows)
        return len(queries)

    recommended("王金山")
    one = cost()
    for number in range(9):
        recommended(f"王{number}")
    assert cost() == one


def test_moving_to_another_version_is_no_act_on_the_decision(signed_in):
    application = recommended()
    move(
        application, Target("2026-2"), by=make.user("city_decider"), at=NOW, expected_version=application.version,
        reason="考察前置。",
    )  # fmt: skip
    client = signed_in(make.user("district_decider"))
    assert offers(client.get(DONE), application)
    assert take_back(client, make.fresh(application)).status_code == 302
    assert make.fresh(application).state == State.DISTRICT_REVIEW


def test_a_substitutes_decision_is_taken_back_by_the_substitute(signed_in):
    who = make.cast()
    other = make.member(who.district, username="substitute")
    application = make.application_in(State.DISTRICT_REVIEW)
    substitutions.substitute(
        who.district, principal=who.district_decider, substitute=other, starts_on=make.AT.date(), ends_on=NOW.date(),
        by=who.district_decider, at=make.AT,
    )  # fmt: skip
    client = signed_in(other)
    sent = {"version": application.version, "decision": "recommend", "reason": "符合条件。"}
    client.post(address(application, "decide/"), sent)
    application = make.fresh(application)
    assert application.state == State.CITY_INTAKE
    assert take_back(client, application).status_code == 302
    application = make.fresh(application)
    assert application.state == State.DISTRICT_REVIEW
    assert [task.assignee for task in application.tasks.filter(closed_at=None)] == [who.district_decider]


def decided(application, service, by, **facts):
    """Take a decision, and return the application as it is then."""
    version = make.fresh(application).version
    service(application, by=by, at=NOW, expected_version=version, reason="理由。", **facts)
    return make.fresh(application)


def recalled(application, by):
    """Take the last decision back, and return the application as it is then."""
    review.recall(application, by=by, at=NOW, expected_version=application.version)
    return make.fresh(application)


@pytest.mark.parametrize("service", [review.send_back, review.reject])
def test_what_is_owed_to_the_city_is_still_owed_after_a_decision_was_taken_back(service):
    who, application = make.cast(), recommended()
    quota = Quota.objects.get(organisation=who.district)
    application = decided(application, review.return_to_level, who.city_decider, level="enterprise")
    application = recalled(decided(application, service, who.union_decider), who.union_decider)
    assert (application.state, application.owed_to) == (State.ENTERPRISE_REVIEW, "city")
    assert decided(application, review.recommend, who.union_decider).state == State.CITY_INTAKE
    quota.refresh_from_db()
    assert quota.used == 1


@pytest.mark.parametrize("service", [review.send_back, review.reject])
def test_a_refused_round_is_not_got_round_by_deciding_and_taking_it_back(service):
    application, decider = make.application_in(State.DISTRICT_REVIEW), make.user("district_decider")
    signer, another = colleagues(2)
    disagree(application, opened(application, [signer]), signer)
    application = recalled(decided(application, service, decider), decider)
    assert open_work(application).hold == "refused"
    with pytest.raises(NotPermitted):
        decided(application, review.recommend, decider)
    later = opened(application, [another])
    signing.cancel_round(application, later, by=decider, at=NOW)
    assert open_work(application).hold == "refused"
    signing.sign(application, opened(application, [another]), by=another, at=NOW, verdict="agree")
    assert decided(application, review.recommend, decider).state == State.CITY_INTAKE


def test_what_fell_due_by_itself_is_no_act_of_the_next_level():
    application, who = recommended(), make.cast()
    manager = make.member(who.city, "manage", "decide", username="manager")
    set_escalation(who.city, who.city_decider, by=manager, at=NOW)
    assert escalate_overdue(open_work(application).due_at) == 1
    assert recalled(application, who.district_decider).state == State.DISTRICT_REVIEW
