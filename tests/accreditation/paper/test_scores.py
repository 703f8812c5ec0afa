"""评分汇总表: what lies before the city's meeting, for who runs the cycle alone."""

import pytest
from django.urls import reverse

from accreditation.services import review
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import browser_of, cost_of
from tests.accreditation.paper.reading import assert_archivable, content_of, text_of
from workflows.models import Event

pytestmark = pytest.mark.django_db
ADDRESS = "/cycles/2026/meeting/scores.pdf"


def asked(username="city_decider"):
    return browser_of(make.user(username)).get(ADDRESS)


@pytest.mark.drawn
def test_it_holds_the_candidates_with_their_scores_and_the_districts_with_their_places(tmp_path):
    first = make.application_in(State.CITY_DECISION, leader_name="王㛃𬭎䶮")
    second = make.application_in(State.CITY_DECISION, make.cast("other"), "张毅")
    review.approve(
        second, by=make.user("city_decider"), at=make.AT, expected_version=second.version, reason="达标。"
    )
    content = content_of(asked())
    assert_archivable(content, tmp_path)
    text = text_of(content, layout=True)
    for said in (
        "2026年度批次评分汇总表", "共2个候选，待审定1个，其中达到及格线1个。", "总分及格线80分", "名次",
        "王㛃𬭎䶮劳模创新工作室", first.number, "100", "100、100、100", "达到及格线", "拟公示", "会议意见",
        "各推荐单位",        "名单摘要 SHA-256 ", "other渝北区总工会", "1000", "1/1",
    ):  # fmt: skip
        assert said in text


def test_without_candidates_it_says_so(blank):
    make.cast()
    content_of(asked())
    assert "还没有结束评分的候选。" in blank[0]


def test_only_who_runs_the_cycle_has_it(blank, client):
    make.application_in(State.CITY_DECISION)
    make.member(make.city(), "audit", username="auditor")
    for username in ("applicant", "union_decider", "district_decider", "expert1", "auditor"):
        assert asked(username).status_code == 404
    assert (client.get(ADDRESS).status_code, blank) == (302, [])
    assert browser_of(make.user("city_decider")).get("/cycles/none/meeting/scores.pdf").status_code == 404


def test_taking_it_is_an_export(blank):
    make.application_in(State.CITY_DECISION)
    content_of(asked())
    by = make.user("city_decider")
    [noted] = Event.objects.filter(stream=f"export/{by.public_id}")
    assert noted.facts | {"what": "score_summary", "count": 1, "cycle": "2026"} == noted.facts
    assert (noted.actor, noted.office, noted.role) == (by, make.city(), "decide")


def test_the_meetings_page_leads_to_it_and_it_costs_the_same_for_1_and_8(blank):
    make.application_in(State.CITY_DECISION)
    browser = browser_of(make.user("city_decider"))
    assert ADDRESS in browser.get(reverse("meeting-list", args=["2026"])).text
    one = cost_of(browser, ADDRESS)
    for number in range(7):
        make.application_in(State.CITY_DECISION, leader_name=f"周{number}")
    assert cost_of(browser, ADDRESS) == one
