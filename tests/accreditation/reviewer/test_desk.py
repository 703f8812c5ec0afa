"""待办 and 已办: whose tasks, in which order, how many, at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.permissions import REVIEW, AtLevel, offices_of
from accreditation.queries import desk as queries
from accreditation.queries.desk_rows import next_for
from accreditation.queries.standing import barred
from accreditation.services import panel, review
from accreditation.states import Level, State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW

pytestmark = pytest.mark.django_db
DESK = "/desk/"


def leaders(response):
    return [row.application.studio.leader_name for row in response.context["rows"]]


def figures(response):
    return {item["label"]: item["count"] for item in response.context["figures"]}


def test_a_district_sees_what_waits_for_it_and_nothing_of_another_district(signed_in):
    make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    make.application_in(State.ENTERPRISE_REVIEW, leader_name="周亚平")
    make.application_in(State.DISTRICT_REVIEW, who=make.cast("other"), leader_name="张毅")
    assert leaders(signed_in(make.user("district_reviewer")).get(DESK)) == ["王金山"]
    assert leaders(signed_in(make.user("union_decider")).get(DESK)) == ["周亚平"]
    assert leaders(signed_in(make.user("other-district_decider")).get(DESK)) == ["张毅"]


def test_the_earliest_due_comes_first_and_says_how_late_it_is(signed_in, clock):
    make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    make.application_in(State.DISTRICT_REVIEW, leader_name="王金山", at=make.AT - timedelta(days=21))
    clock(make.AT + timedelta(days=1))
    response = signed_in(make.user("district_decider")).get(DESK)
    assert [(row.application.studio.leader_name, row.is_late) for row in response.context["rows"]] == [
        ("王金山", True),
        ("张毅", False),
    ]
    assert [row.days for row in response.context["rows"]] == [-6, 9]


def test_the_counts_are_filters_of_the_same_list(signed_in, clock):
    _free, mine, others, _late = [
        make.application_in(State.DISTRICT_REVIEW, leader_name=name, at=make.AT - timedelta(days=days))
        for name, days in (("张毅", 0), ("周亚平", 0), ("张永忠", 0), ("王金山", 28))
    ]
    review.claim(mine, by=make.user("district_decider"), at=NOW)
    review.claim(others, by=make.user("district_reviewer"), at=NOW)
    client = signed_in(make.user("district_decider"))
    response = client.get(DESK)
    assert figures(response) == {
        "全部": "4", "逾期": "1", "今日到期": "0", "未认领": "2", "我持有": "1", "等待他人": "1",
    }  # fmt: skip
    assert leaders(client.get(DESK, {"show": "overdue"})) == ["王金山"]
    assert leaders(client.get(DESK, {"show": "free"})) == ["王金山", "张毅"]
    assert leaders(client.get(DESK, {"show": "mine"})) == ["周亚平"]
    assert leaders(client.get(DESK, {"show": "others"})) == ["张永忠"]
    assert queries.count_for(make.user("district_decider")) == 4


def test_a_task_of_today_is_due_until_midnight(signed_in, clock):
    application = make.application_in(State.DISTRICT_REVIEW)
    due = application.tasks.get(closed_at=None).due_at
    clock(due - timedelta(minutes=1))
    client = signed_in(make.user("district_decider"))
    assert figures(client.get(DESK))["今日到期"] == "1"
    clock(due)
    assert figures(client.get(DESK)) | {"全部": ""} == {
        "全部": "", "逾期": "1", "今日到期": "0", "未认领": "1", "我持有": "0", "等待他人": "0",
    }  # fmt: skip


@pytest.mark.parametrize("words", ["周亚平", "亚平劳模", "金山科技", "2026-0002"])
def test_the_desk_is_searched_by_leader_studio_enterprise_and_number(signed_in, words):
    make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    make.application_in(State.DISTRICT_REVIEW, leader_name="周亚平")
    found = leaders(signed_in(make.user("district_decider")).get(DESK, {"q": words}))
    assert found == (["王金山", "周亚平"] if words == "金山科技" else ["周亚平"])


def test_a_search_without_hits_and_an_empty_desk_say_what_to_do(signed_in):
    make.cast()
    client = signed_in(make.user("district_decider"))
    assert "没有待办" in client.get(DESK).content.decode()
    assert "没有找到“张毅”" in client.get(DESK, {"q": "张毅"}).content.decode()


def test_an_address_that_means_nothing_shows_the_whole_desk(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_decider"))
    assert leaders(client.get(DESK, {"show": "everything", "stage": "x", "page": "x"})) == ["王金山"]


def test_the_city_sees_its_own_tasks_by_stage_but_not_the_cards_of_the_experts(signed_in):
    make.application_in(State.CITY_INTAKE, leader_name="王金山")
    make.application_in(State.PANEL_SCORING, leader_name="张永忠")
    make.application_in(State.CITY_DECISION, leader_name="张毅")
    client = signed_in(make.user("city_decider"))
    assert leaders(client.get(DESK)) == ["王金山", "张毅"]
    assert leaders(client.get(DESK, {"stage": "city_intake"})) == ["王金山"]
    panels = client.get(DESK, {"show": "panels"}).context["page"].object_list
    assert [(one.studio.leader_name, one.seats, one.handed_in) for one in panels] == [("张永忠", 3, 0)]


def test_an_expert_sees_only_the_seats_of_their_own(signed_in):
    seated = make.application_in(State.PANEL_SCORING, leader_name="张永忠")
    make.application_in(State.CITY_INTAKE, leader_name="王金山")
    other = make.expert(username="expert9")
    assert leaders(signed_in(make.user("expert1")).get(DESK)) == ["张永忠"]
    assert leaders(signed_in(other).get(DESK)) == []
    panel.convene(
        seated, by=make.user("city_decider"), at=NOW, expected_version=seated.version, experts=[other]
    )
    assert leaders(signed_in(other).get(DESK)) == ["张永忠"]


def test_whoever_reviews_for_two_offices_has_one_desk_by_due_date(signed_in):
    make.application_in(State.DISTRICT_REVIEW, leader_name="王金山", at=make.AT - timedelta(days=5))
    other = make.cast("other")
    make.application_in(State.DISTRICT_REVIEW, who=other, leader_name="张毅", at=make.AT - timedelta(days=9))
    make.application_in(State.DISTRICT_REVIEW, who=other, leader_name="周亚平", at=make.AT)
    user = make.member(make.cast().district, "review", username="both")
    make.member(other.district, "review", username="both")
    assert leaders(signed_in(user).get(DESK)) == ["张毅", "王金山", "周亚平"]


def test_nobody_but_reviewers_has_a_desk(signed_in):
    who = make.cast()
    auditor = make.member(who.city, "audit")
    for user in (who.applicant, auditor):
        assert [signed_in(user).get(address).status_code for address in (DESK, "/desk/done/")] == [404, 404]
    user = make.member(who.district)
    assert signed_in(user).get(DESK).status_code == 404


def test_a_row_of_the_own_enterprise_says_keep_out_and_offers_nothing(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    user = make.member(make.cast().district, "review", "decide", username="related")
    make.member(make.cast().enterprise, username="related")
    response = signed_in(user).get(DESK)
    assert [(row.barred, row.may_claim) for row in response.context["rows"]] == [("与本人同单位", False)]
    assert "须回避" in response.content.decode()
    assert reverse("claim", args=[application.public_id]) not in response.content.decode()
    assert next_for(user, offices_of(user), NOW) is None


def test_the_list_keeps_out_exactly_whom_the_actions_refuse():
    """`standing.barred` answers for a whole page what `permissions.AtLevel` answers for one action."""
    at_union, at_district = make.application_in(State.ENTERPRISE_REVIEW, leader_name="王金山"), None
    who = make.cast()
    make.member(who.union, "review", "decide", username="climber")
    at_district = make.application_in(State.ENTERPRISE_REVIEW, leader_name="张毅")
    climber = make.member(who.union, "decide", username="climber")
    review.recommend(at_district, by=climber, at=NOW, expected_version=at_district.version, reason="同意。")
    at_district = make.fresh(at_district)
    make.member(who.district, "review", username="climber")
    people = [climber, who.union_reviewer, who.district_reviewer]
    make.member(who.enterprise, username="union_reviewer")
    for user in people:
        for application, level, office in (
            (at_union, Level.ENTERPRISE, who.union.pk),
            (at_district, Level.DISTRICT, who.district.pk),
        ):
            held = {place.organisation.pk for place in offices_of(user)}
            if office in held:
                refused = not AtLevel(level, (REVIEW, "decide"))(application, user)
                assert bool(barred(user, [(application, office)])) == refused


def test_done_lists_the_own_acts_latest_first(signed_in):
    first = make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    second = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    user = make.user("district_decider")
    review.claim(first, by=user, at=NOW)
    review.send_back(first, by=user, at=NOW, expected_version=first.version, reason="请补交成立文件。")
    review.reject(
        second, by=user, at=NOW + timedelta(hours=1), expected_version=second.version, reason="不符。"
    )
    response = signed_in(user).get("/desk/done/")
    assert [
        (row.application.studio.leader_name, row.event.action, row.reason) for row in response.context["rows"]
    ] == [("张毅", "reject", "不符。"), ("王金山", "send_back", "请补交成立文件。")]


def test_done_does_not_name_what_is_no_longer_in_scope(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    user = make.user("district_decider")
    review.reject(application, by=user, at=NOW, expected_version=application.version, reason="不符。")
    make.member(make.cast().district, username="district_decider")
    make.member(make.cast("other").district, "review", username="district_decider")
    response = signed_in(user).get("/desk/done/")
    assert [row.application for row in response.context["rows"]] == [None]
    assert "王金山" not in response.content.decode()


def count_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


@pytest.mark.parametrize("address", [DESK, "/desk/?show=free&q=劳模", "/desk/done/"])
def test_the_lists_cost_the_same_at_1_and_at_30_rows(signed_in, address):
    client, user = signed_in(make.cast().district_decider), make.user("district_decider")

    def add(number):
        application = make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
        if "done" in address:
            review.reject(application, by=user, at=NOW, expected_version=application.version, reason="不符。")

    add(0)
    one = count_queries(client, address)
    for number in range(1, 30):
        add(number)
    assert count_queries(client, address) == one


def test_the_city_desk_costs_the_same_at_1_and_at_10_rows_with_results(signed_in):
    client = signed_in(make.cast().city_decider)
    make.application_in(State.CITY_DECISION, leader_name="王0")
    make.application_in(State.PANEL_SCORING, leader_name="张0")
    addresses = [DESK, "/desk/?show=panels"]
    one = [count_queries(client, address) for address in addresses]
    for number in range(1, 10):
        make.application_in(State.CITY_DECISION, leader_name=f"王{number}")
        make.application_in(State.PANEL_SCORING, leader_name=f"张{number}")
    assert [count_queries(client, address) for address in addresses] == one


def test_counts_and_pages_stop_at_the_cap(signed_in, monkeypatch):
    monkeypatch.setattr(queries, "CAP", 2)
    for number in range(3):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    response = signed_in(make.user("district_decider")).get(DESK)
    assert figures(response)["全部"] == "2+"
    assert response.context["page"].paginator.count == 2
