"""待办 and 已办: whose tasks, in which order, how many, at what cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.permissions import REVIEW, AtLevel
from accreditation.queries import desk as queries
from accreditation.queries import task_list
from accreditation.queries.desk_rows import next_for
from accreditation.queries.standing import barred
from accreditation.scope import offices_of
from accreditation.services import panel, review, tasks
from accreditation.services.appointments import appoint, ask_above
from accreditation.services.substitutions import substitute
from accreditation.states import Level, State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.signers import colleagues, opened
from tests.crowd import applications_in
from tests.page import parse
from workflows.models import Task

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
    tasks.claim(mine, by=make.user("district_decider"), at=NOW)
    tasks.claim(others, by=make.user("district_reviewer"), at=NOW)
    client = signed_in(make.user("district_decider"))
    response = client.get(DESK)
    assert figures(response) == {
        "全部": "4", "逾期": "1", "今日到期": "0", "未认领": "2", "我持有": "1", "等待他人": "1",
    }  # fmt: skip
    assert leaders(client.get(DESK, {"show": "overdue"})) == ["王金山"]
    assert leaders(client.get(DESK, {"show": "free"})) == ["王金山", "张毅"]
    assert leaders(client.get(DESK, {"show": "mine"})) == ["周亚平"]
    assert leaders(client.get(DESK, {"show": "others"})) == ["张永忠"]
    user = make.user("district_decider")
    assert queries.count_for(queries.desk_of(user, offices_of(user), NOW)) == 4


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


def delegated(application, to):
    """Let the district's decider ask `to` for advice."""
    holder = make.cast().district_decider
    tasks.delegate(application, by=holder, to=to, at=NOW, question="设备是否属实？")


def stand_in(principal, standing_in, office=None):
    substitute(
        office or make.cast().district, principal=principal, substitute=standing_in, by=principal, at=NOW,
        starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=7),
    )  # fmt: skip


def test_a_request_for_advice_lies_on_the_desk_of_who_is_asked_and_the_work_waits(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    holder, asked = make.cast().district_decider, make.user("district_reviewer")
    tasks.claim(application, by=holder, at=NOW)
    delegated(application, asked)
    rows = signed_in(asked).get(DESK).context["rows"]
    assert [(row.task.kind, row.is_mine, row.may_pick) for row in rows] == [
        ("work", False, True),
        ("advice", True, False),
    ]
    response = signed_in(holder).get(DESK)
    (row,) = response.context["rows"]
    assert (row.is_mine, row.is_resting) == (True, True)
    assert "等待委派意见" in response.content.decode()
    assert figures(response)["等待他人"] == "1"
    assert reverse("advise", args=[application.public_id]) in signed_in(asked).get(DESK).content.decode()


def test_a_signature_waits_on_the_desk_of_the_signer_alone(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    first, second = colleagues(2)
    opened(application, [first], by=make.user("district_decider"))
    kinds = [
        [(row.task.kind, row.is_mine) for row in signed_in(user).get(DESK).context["rows"]]
        for user in (first, second)
    ]
    assert kinds == [[("work", False), ("signature", True)], [("work", False)]]
    assert "等待会签" in signed_in(second).get(DESK).content.decode()
    assert next_for(second, offices_of(second), NOW) is None


def test_what_the_principal_holds_is_the_substitutes_too_and_says_for_whom(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    principal, standing_in = make.cast().district_decider, make.user("district_reviewer")
    tasks.claim(application, by=principal, at=NOW)
    stand_in(principal, standing_in)
    response = signed_in(standing_in).get(DESK)
    (row,) = response.context["rows"]
    assert (row.is_mine, row.principal) == (True, principal)
    assert figures(response)["我持有"] == "1"
    page = response.content.decode()
    assert "正在渝北区总工会代理姓名district_decider（9月2日至9日）" in page
    assert "代姓名district_decider" in page


def test_a_substitute_without_grants_of_their_own_has_the_principals_desk(signed_in, clock):
    make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    make.application_in(State.DISTRICT_REVIEW, who=make.cast("other"), leader_name="张毅")
    who = make.cast()
    clerk = make.member(who.district, username="clerk")
    assert signed_in(clerk).get(DESK).status_code == 404
    stand_in(who.district_decider, clerk)
    response = signed_in(clerk).get(DESK)
    assert leaders(response) == ["王金山"]
    assert "待办" in parse(response).one(".w-nav").words
    clock(NOW + timedelta(days=30))
    assert signed_in(clerk).get(DESK).status_code == 404


def test_a_work_held_where_the_grant_was_revoked_is_on_no_desk_of_theirs(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    user = make.cast().district_decider
    tasks.claim(application, by=user, at=NOW)
    make.member(make.cast().district, username="district_decider")
    assert signed_in(user).get(DESK).status_code == 404
    make.member(make.cast("other").district, "review", username="district_decider")
    response = signed_in(user).get(DESK)
    assert leaders(response) == []
    assert figures(response)["全部"] == "0"


def test_the_office_above_is_asked_to_name_somebody(signed_in):
    make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    application = make.application_in(State.ENTERPRISE_REVIEW, leader_name="王金山")
    union = make.cast().union
    for role in ("union_reviewer", "union_decider"):
        make.member(union, username=role)
    ask_above(NOW)
    manager = make.member(make.cast().district, "manage", username="manager")
    response = signed_in(manager).get(DESK)
    assert [(row.task.kind, row.application.studio.leader_name) for row in response.context["rows"]] == [
        ("naming", "王金山")
    ]
    assert reverse("appoint", args=[application.public_id]) in response.content.decode()
    assert leaders(signed_in(make.user("district_decider")).get(DESK)) == ["张毅", "王金山"]
    assert leaders(signed_in(make.user("district_reviewer")).get(DESK)) == ["张毅"]
    assert leaders(signed_in(make.cast("other").district_decider).get(DESK)) == []


def test_who_was_named_has_the_work_on_their_desk(signed_in):
    application = make.application_in(State.ENTERPRISE_REVIEW)
    who = make.cast()
    for role in ("union_reviewer", "union_decider"):
        make.member(who.union, username=role)
    ask_above(NOW)
    appoint(application, user=who.district_reviewer, by=who.district_decider, at=NOW)
    rows = signed_in(who.district_reviewer).get(DESK).context["rows"]
    assert [(row.application.studio.leader_name, row.is_mine) for row in rows] == [("王金山", True)]


def test_a_reminder_stands_in_the_row(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    tasks.claim(application, by=make.user("district_reviewer"), at=NOW)
    tasks.remind(application, by=make.cast().district_decider, at=NOW)
    assert "9月2日催办" in signed_in(make.user("district_reviewer")).get(DESK).content.decode()


def test_who_has_not_declared_is_led_to_the_declaration(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    user = make.cast().district_decider
    user.declarations.all().delete()
    response = signed_in(user).get(DESK)
    (row,) = response.context["rows"]
    assert (row.must_declare, row.may_claim, row.may_pick) == (True, False, False)
    assert reverse("declaration", args=["2026"]) in response.content.decode()


def test_the_desk_can_be_read_in_the_order_of_arrival(signed_in):
    at = make.AT
    late = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅", at=at)
    early = make.application_in(State.DISTRICT_REVIEW, leader_name="王金山", at=at - timedelta(days=3))
    Task.objects.filter(object_id=early.pk).update(due_at=at + timedelta(days=90))
    Task.objects.filter(object_id=late.pk).update(due_at=at + timedelta(days=9))
    client = signed_in(make.user("district_decider"))
    assert leaders(client.get(DESK)) == ["张毅", "王金山"]
    assert leaders(client.get(DESK, {"order": "arrival"})) == ["王金山", "张毅"]


def test_the_desk_is_narrowed_to_a_cycle(signed_in):
    make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_decider"))
    assert "cycle" not in client.get(DESK).context["form"].fields
    make.cycle("2027")
    assert leaders(client.get(DESK, {"cycle": "2027"})) == []
    assert leaders(client.get(DESK, {"cycle": "2026"})) == ["王金山"]


def test_the_batch_offers_what_can_be_done_with_the_rows(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_decider"))
    assert [code for code, _word in client.get(DESK).context["batches"]] == [
        "claim", "reject", "send_back", "recommend",
    ]  # fmt: skip
    tasks.claim(application, by=make.user("district_decider"), at=NOW)
    page = parse(client.get(DESK))
    assert [one["value"] for one in page.all("#batch button[name=decision]")] == [
        "release", "reject", "send_back", "recommend",
    ]  # fmt: skip
    assert [one["value"] for one in page.all("[form=batch]")] == [str(application.public_id)]


def test_the_keys_stand_on_a_page_of_their_own_and_in_a_dialog(signed_in):
    client = signed_in(make.cast().district_decider)
    assert client.get("/desk/keys/").status_code == 200
    page = parse(client.get(DESK))
    assert [one["href"] for one in page.all("dialog#keys [data-keys]")] == [
        DESK, "/desk/done/", "/notifications/",
    ]  # fmt: skip
    applicant = signed_in(make.user("applicant"))
    assert applicant.get("/desk/keys/").status_code == 404
    assert parse(applicant.get("/applications/")).all("dialog") == []


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
    tasks.claim(first, by=user, at=NOW)
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


@pytest.mark.parametrize(
    "address", [DESK, "/desk/?show=free&q=劳模", "/desk/?order=arrival&cycle=2026&show=others", "/desk/done/"]
)
def test_the_lists_cost_the_same_at_1_and_at_30_rows(signed_in, address):
    client, user = signed_in(make.cast().district_decider), make.user("district_decider")

    make.cycle("2027")

    def add(*leaders):
        for application in applications_in(State.DISTRICT_REVIEW, leaders):
            if "others" in address:
                tasks.claim(application, by=make.user("district_reviewer"), at=NOW)
            if "done" in address:
                review.reject(
                    application, by=user, at=NOW, expected_version=application.version, reason="不符。"
                )

    add("王0")
    one = count_queries(client, address)
    add(*(f"王{number}" for number in range(1, 30)))
    assert count_queries(client, address) == one


def test_the_city_desk_costs_the_same_at_1_and_at_10_rows_with_results(signed_in):
    client = signed_in(make.cast().city_decider)
    make.application_in(State.CITY_DECISION, leader_name="王0")
    make.application_in(State.PANEL_SCORING, leader_name="张0")
    addresses = [DESK, "/desk/?show=panels"]
    one = [count_queries(client, address) for address in addresses]
    applications_in(State.CITY_DECISION, [f"王{number}" for number in range(1, 10)])
    applications_in(State.PANEL_SCORING, [f"张{number}" for number in range(1, 10)])
    assert [count_queries(client, address) for address in addresses] == one


def test_counts_and_pages_stop_at_the_cap(signed_in, monkeypatch):
    monkeypatch.setattr(queries, "CAP", 2)
    monkeypatch.setattr(task_list, "CAP", 2)
    for number in range(3):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{number}")
    response = signed_in(make.user("district_decider")).get(DESK)
    assert figures(response)["全部"] == "2+"
    assert response.context["page"].paginator.count == 2


def test_a_district_finds_its_ranking_on_the_desk_and_an_enterprise_union_finds_none(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    address = reverse("ranking", args=[application.cycle.code, application.district.code])
    assert address in signed_in(make.user("district_reviewer")).get(DESK).content.decode()
    assert "/ranking/" not in signed_in(make.user("union_decider")).get(DESK).content.decode()
