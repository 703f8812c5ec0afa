"""推荐排序: who puts candidates in order, how, and what becomes of it when somebody else did so meanwhile."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.forms.ranking import moved, placed
from accreditation.models import Application, Declaration, Quota, Rank
from accreditation.queries.office import sentences
from accreditation.queries.ranking import places_of, ranking_of
from accreditation.services import applications, notice, review
from accreditation.services.ranking import rank
from accreditation.states import State
from tests.accreditation.office.conftest import browser_of, cost_of
from tests.crowd import applications_in
from tests.factories import AT, application_in, cast, cycle, fresh, member, organisation, quota
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Stale

pytestmark = pytest.mark.django_db

NAMES = ("王金山", "周亚平", "张毅", "张永忠")


def three(state: str = State.DISTRICT_REVIEW) -> list[Application]:
    return [application_in(state, leader_name=name) for name in NAMES[:3]]


def ids(*chosen: Application) -> list[UUID]:
    return [one.public_id for one in chosen]


def order(who: Any = None) -> list[str]:
    who = who or cast()
    return [one.application.studio.leader_name for one in ranking_of(who.cycle, who.district).candidates]


def save(*chosen: Application, version: int = 0, by: Any = None) -> Event | None:
    who = cast()
    return rank(
        who.cycle, who.district, ids(*chosen), by=by or who.district_decider, at=AT, expected_version=version
    )


def page_of(code: str = "YB") -> str:
    return reverse("ranking", args=["2026", code])


def sent(*chosen: Application, version: int = 0, **more: Any) -> dict[str, Any]:
    """Return what the page sends: the order of its rows, and what was typed."""
    return {"order": [str(one) for one in ids(*chosen)], "version": version, **more}


# ── The order ────────────────────────────────────────────────────────────────────────────────────────────


def test_before_anybody_orders_candidates_stand_as_they_came_in():
    three()
    application_in(State.ENTERPRISE_REVIEW, leader_name="何秋")
    application_in(State.REJECTED, leader_name="牟方")
    application_in(State.RETURNED_BY_DISTRICT, leader_name="陶建国")
    assert order() == ["王金山", "周亚平", "张毅"]


def test_a_saved_order_is_one_event_of_the_body_and_counts_a_version():
    one, two, three_ = three()
    event = save(three_, one, two)
    assert order() == ["张毅", "王金山", "周亚平"]
    who = cast()
    assert (event.stream, event.action, event.actor, event.office, event.role) == (
        who.district.stream,
        "rank",
        who.district_decider,
        who.district,
        "decide",
    )
    assert f'"applications":["{three_.public_id}","{one.public_id}","{two.public_id}"]' in event.body
    assert Quota.objects.get(organisation=who.district).ranking_version == 1
    assert sentences([event])[0].sentence == "姓名district_decider保存2026批次的推荐排序，共3件"


def test_the_same_order_again_writes_nothing():
    one, two, three_ = three()
    save(three_, one, two)
    assert save(three_, one, two, version=0) is None
    assert Quota.objects.get(organisation=cast().district).ranking_version == 1


def test_who_comes_in_later_stands_last_and_who_drops_out_leaves_no_gap():
    one, two, three_ = three()
    save(three_, two, one)
    application_in(State.DISTRICT_REVIEW, leader_name="张永忠")
    review.reject(two, by=cast().district_decider, at=AT, expected_version=two.version, reason="不符。")
    assert order() == ["张毅", "王金山", "张永忠"]
    assert [
        one.number for one in ranking_of(cast().cycle, cast().district).candidates
    ] == [1, 2, 3]  # fmt: skip


def test_a_page_from_before_somebody_came_in_saves_and_puts_them_last():
    one, two, three_ = three()
    application_in(State.DISTRICT_REVIEW, leader_name="张永忠")
    save(two, one, three_)
    assert order() == ["周亚平", "王金山", "张毅", "张永忠"]


def test_an_order_names_only_candidates_of_the_body():
    one, two, three_ = three()
    stranger = application_in(State.DISTRICT_REVIEW, who=cast("other"), leader_name="何秋")
    save(stranger, three_, two, one)
    assert order() == ["张毅", "周亚平", "王金山"]
    assert not Rank.objects.filter(application=stranger).exists()


def test_a_recommended_one_keeps_its_place_and_what_the_city_decided_moves_no_more():
    one, two = application_in(State.CITY_DECISION), application_in(State.CITY_DECISION, leader_name="周亚平")
    three_ = application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    save(three_, one, two)
    review.approve(fresh(one), by=cast().city_decider, at=AT, expected_version=one.version, reason="达标。")
    assert [
        (row.application.studio.leader_name, row.is_recommended, row.is_fixed)
        for row in ranking_of(cast().cycle, cast().district).candidates
    ] == [("张毅", False, False), ("王金山", True, True), ("周亚平", True, False)]
    save(one, two, three_, version=1)
    assert order() == ["周亚平", "王金山", "张毅"]
    assert places_of(cycle()) == {two.pk: 1, one.pk: 2}


def test_the_city_decides_before_there_is_an_order_and_nothing_goes_ahead_of_that():
    listed = application_in(State.LISTED)
    later = application_in(State.DISTRICT_REVIEW, leader_name="周亚平")
    save(later, listed)
    assert order() == ["王金山", "周亚平"]
    assert not Rank.objects.filter(application=listed).exists()


def test_a_withdrawn_recommendation_is_no_candidate_any_more():
    application = application_in(State.CITY_INTAKE)
    applications.withdraw(application, by=cast().applicant, at=AT, expected_version=application.version)
    assert (order(), places_of(cycle())) == ([], {})


# ── The line of the quota ────────────────────────────────────────────────────────────────────────────────


def test_the_line_leaves_out_those_for_whom_there_is_no_place():
    three()
    quota(cycle(), cast().district, 2)
    shown = ranking_of(cast().cycle, cast().district)
    assert [(row.is_within, row.opens_the_tail) for row in shown.candidates] == [
        (True, False),
        (True, False),
        (False, True),
    ]
    assert (shown.left, shown.over, [one.number for one in shown.within]) == (2, 1, [1, 2])


def test_a_place_taken_moves_the_line_and_says_when_somebody_was_passed_over():
    one, two, three_ = three()
    quota(cycle(), cast().district, 2)
    save(one, two, three_)
    review.recommend(
        three_, by=cast().district_decider, at=AT, expected_version=three_.version, reason="同意推荐。"
    )
    shown = ranking_of(cast().cycle, cast().district)
    assert [(row.is_within, row.passes_over) for row in shown.candidates] == [
        (True, False),
        (False, False),
        (True, True),
    ]
    page = browser_of(cast().district_decider).get(page_of()).text
    assert "名额2，已推荐1，再推荐2件将超出1件。" in page
    assert "张毅劳模创新工作室已推荐，排在其前的还有未推荐的。" in page


def test_going_over_the_quota_is_refused_with_the_arithmetic_that_the_page_shows():
    one, two, _three = three()
    quota(cycle(), cast().district, 1)
    by = cast().district_decider
    review.recommend(one, by=by, at=AT, expected_version=one.version, reason="同意推荐。")
    with pytest.raises(NotReady) as refusal:
        review.recommend(two, by=by, at=AT, expected_version=two.version, reason="同意推荐。")
    assert refusal.value.reason == "名额1，已推荐1，再推荐1件将超出1件。"


def test_without_places_there_is_nothing_to_order():
    one, two, three_ = three()
    who = cast()
    Quota.objects.all().delete()
    with pytest.raises(NotReady):
        rank(
            who.cycle,
            who.district,
            ids(three_, two, one),
            by=who.district_decider,
            at=AT,
            expected_version=0,
        )
    page = browser_of(who.district_decider).get(page_of())
    assert "本批次没有给渝北区总工会分配名额" in page.text
    assert not page.context["may_order"]


# ── Two at once ──────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_orders_the_second_is_told_who_was_first_and_keeps_its_own(clock):
    one, two, three_ = three()
    quick = member(cast().district, "decide", username="quick", name="何秋")
    save(two, one, three_, by=quick)
    slow = browser_of(cast().district_decider)
    answer = slow.post(page_of(), sent(three_, two, one, act="save"))
    assert answer.status_code == 409
    assert "何秋已于9月1日10:00保存了另一种排序" in answer.text
    assert [
        (entry["row"].application.studio.leader_name, entry["saved"]) for entry in answer.context["rows"]
    ] == [("张毅", 3), ("周亚平", 1), ("王金山", 2)]
    assert order() == ["周亚平", "王金山", "张毅"]
    again = slow.post(page_of(), sent(three_, two, one, version=answer.context["version"], act="save"))
    assert (again.status_code, order()) == (302, ["张毅", "周亚平", "王金山"])


def test_a_stale_order_is_refused_by_the_service_with_who_and_when():
    one, two, three_ = three()
    save(two, one, three_)
    with pytest.raises(Stale) as refusal:
        save(three_, one, two)
    assert (refusal.value.action, refusal.value.by, refusal.value.at) == ("rank", cast().district_decider, AT)


def test_a_double_click_saves_once():
    one, two, three_ = three()
    client = browser_of(cast().district_decider)
    for _press in range(2):
        assert client.post(page_of(), sent(three_, two, one, act="save")).status_code == 302
    assert Event.objects.filter(action="rank").count() == 1


# ── The page without script ──────────────────────────────────────────────────────────────────────────────


def test_the_buttons_move_on_the_page_and_only_saving_writes():
    one, two, three_ = three()
    client = browser_of(cast().district_decider)
    page = client.post(page_of(), sent(one, two, three_, move=f"up:{three_.public_id}"))
    assert [entry["row"].application.pk for entry in page.context["rows"]] == [one.pk, three_.pk, two.pk]
    assert [entry["focus"] for entry in page.context["rows"]] == ["", "up", ""]
    assert "排序已改，尚未保存" in page.text
    assert not Rank.objects.exists()
    client.post(page_of(), sent(one, three_, two, act="save"))
    assert order() == ["王金山", "张毅", "周亚平"]


def test_at_the_end_of_the_list_the_focus_goes_to_the_button_that_is_left():
    one, two, three_ = three()
    page = browser_of(cast().district_decider).post(
        page_of(), sent(one, two, three_, move=f"up:{two.public_id}")
    )
    assert [(entry["focus"], entry["goes"]["up"]) for entry in page.context["rows"]] == [
        ("down", False),
        ("", True),
        ("", True),
    ]


def test_a_typed_place_is_taken_when_the_order_is_saved():
    one, two, three_ = three()
    typed = {
        f"{name}-{public_id}": place
        for name, places in (("was", (1, 2, 3)), ("place", (3, 2, 3)))
        for public_id, place in zip(ids(one, two, three_), places, strict=True)
    }
    browser_of(cast().district_decider).post(page_of(), sent(one, two, three_, act="save", **typed))
    assert order() == ["周亚平", "张毅", "王金山"]


A, B, C, D = (UUID(int=number) for number in range(4))


@pytest.mark.parametrize(
    ("typed", "arranged"),
    [
        ([1, 2, 3, 1], [D, A, B, C]),
        ([3, 2, 3, 4], [B, C, A, D]),
        ([4, 2, 3, 1], [D, B, C, A]),
        ([None, 1, None, None], [B, A, C, D]),
        ([9, 2, 3, 4], [B, C, D, A]),
    ],
)
def test_places_typed_say_where_a_row_goes(typed, arranged):
    assert placed([A, B, C, D], typed, [1, 2, 3, 4]) == arranged


def test_moving_past_the_end_moves_nothing():
    assert [moved([A, B], A, "up"), moved([A, B], B, "down"), moved([A, B], C, "up")] == [[A, B]] * 3


@pytest.mark.parametrize("said", [{"order": "x"}, {"move": "up:x"}, {"move": "away"}, {"order": []}])
def test_what_no_page_has_sent_changes_nothing(said):
    one, two, three_ = three()
    answer = browser_of(cast().district_decider).post(page_of(), sent(three_, two, one, act="save") | said)
    assert (answer.status_code, order()) == (422, ["王金山", "周亚平", "张毅"])


def test_the_way_to_recommend_all_within_the_line_names_them(clock):
    one, two, three_ = three()
    quota(cycle(), cast().district, 2)
    save(two, one, three_)
    page = browser_of(cast().district_decider).get(page_of())
    assert page.context["batch"] == (
        f"decision=recommend&applications={two.public_id}&applications={one.public_id}"
    )
    assert "推荐名额内的2件" in page.text


# ── Who may ──────────────────────────────────────────────────────────────────────────────────────────────


def test_who_reads_and_who_orders(at_city: Client):
    three()
    who, other = cast(), cast("other")
    assert browser_of(who.district_decider).get(page_of()).context["may_order"]
    for reader in (browser_of(who.district_reviewer), at_city):
        assert not reader.get(page_of()).context["may_order"]
    strangers = [other.district_decider, who.union_decider, who.applicant, who.experts[0]]
    strangers += [member(who.district, "audit", "manage"), member(who.city, "manage")]
    for stranger in strangers:
        assert browser_of(stranger).get(page_of()).status_code == 404
        assert browser_of(stranger).post(page_of(), {"act": "save"}).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/cycles/2026/ranking/CQ/",
        "/cycles/2026/ranking/YB-U/",
        "/cycles/x/ranking/YB/",
        "/cycles/2026/ranking/%00/",
    ],
)
def test_only_a_body_with_places_has_a_ranking(at_city: Client, address: str):
    assert at_city.get(address).status_code == 404


def test_a_reviewer_and_the_city_do_not_order():
    one, two, three_ = three()
    for user in (cast().district_reviewer, cast().city_decider, cast("other").district_decider):
        with pytest.raises(NotPermitted):
            save(three_, two, one, by=user)
    answer = browser_of(cast().district_reviewer).post(page_of(), sent(three_, two, one, act="save"))
    assert answer.status_code == 403


def test_a_grant_revoked_stops_an_order_already_on_screen():
    one, two, three_ = three()
    client = browser_of(cast().district_decider)
    assert client.get(page_of()).context["may_order"]
    member(cast().district, "review", username="district_decider")
    assert client.post(page_of(), sent(three_, two, one, act="save")).status_code == 403
    assert not Rank.objects.exists()


def test_who_must_keep_out_of_one_candidate_orders_none():
    one, two, three_ = three()
    related = member(cast().district, "decide", username="related")
    member(cast().enterprise, username="related")
    with pytest.raises(NotPermitted) as refusal:
        save(three_, two, one, by=related)
    assert (
        refusal.value.reason
        == "王金山劳模创新工作室在排序之中：这是您本单位的申报，须回避。由本会其他人排序。"
    )
    page = browser_of(related).get(page_of())
    assert not page.context["may_order"]
    assert "不能由您排序" in page.text


def test_who_has_not_declared_their_interests_is_led_there_first():
    one, two, three_ = three()
    Declaration.objects.filter(user=cast().district_decider).delete()
    client = browser_of(cast().district_decider)
    page = client.get(page_of())
    assert not page.context["may_order"]
    assert f"{reverse('declaration', args=['2026'])}?next={page_of()}" in page.text
    answer = client.post(page_of(), sent(three_, two, one, act="save"))
    assert (answer.status_code, Rank.objects.exists()) == (302, False)


def test_an_interest_in_what_the_city_has_decided_does_not_matter_any_more():
    application_in(State.LISTED)
    elsewhere = organisation("enterprise", "E2", "另一公司", cast().union)
    member(elsewhere, "apply", username="applicant2")
    one, two = (application_in_enterprise(elsewhere, name) for name in ("周亚平", "张毅"))
    related = member(cast().district, "decide", username="related")
    member(cast().enterprise, username="related")
    assert save(two, one, by=related) is not None


def application_in_enterprise(place: Any, name: str) -> Application:
    who = replace(cast(), enterprise=place, applicant=place.grants.get(permission__codename="apply").user)
    return application_in(State.DISTRICT_REVIEW, who=who, leader_name=name)


def test_the_line_of_the_cycle_leads_to_the_order(at_city: Client):
    three()
    assert page_of() in at_city.get("/cycles/2026/").text
    assert page_of() in browser_of(cast().district_decider).get("/cycles/2026/").text


def test_the_page_costs_the_same_for_1_and_30():
    application_in(State.DISTRICT_REVIEW)
    client = browser_of(cast().district_decider)
    few = cost_of(client, page_of())
    listed = applications_in(State.DISTRICT_REVIEW, [f"候选{number}" for number in range(29)])
    save(*listed)
    assert cost_of(client, page_of()) == few
    assert len(client.get(page_of()).context["rows"]) == 30


def test_publishing_while_an_order_stands_changes_nothing_of_it():
    listed, other = application_in(State.LISTED), application_in(State.DISTRICT_REVIEW, leader_name="周亚平")
    save(other)
    notice.publish_notice(
        cycle=cycle(),
        applications=[listed],
        title="公示",
        contact="023",
        by=cast().city_decider,
        at=timezone.now(),
    )
    assert order() == ["王金山", "周亚平"]
