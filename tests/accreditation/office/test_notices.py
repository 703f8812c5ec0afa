"""Publishing notices and ruling on objections."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Notice
from accreditation.services import notice as service
from accreditation.states import State
from tests.accreditation.office.conftest import browser_of, cost_of
from tests.crowd import applications_in
from tests.factories import AT, application_in, cast, cycle, fresh, user

pytestmark = pytest.mark.django_db

LIST = "/cycles/2026/notice/"


def pick(application: Application) -> str:
    """Return the tick of a row."""
    return f"{application.public_id}:{application.version}"


def notice_form(*applications: Application, **changed: Any) -> dict[str, Any]:
    """Return the form that announces these."""
    return {
        "applications": [pick(one) for one in applications],
        "title": "关于2026年度拟命名的公示",
        "contact": "经济部，023-63860000",
    } | changed


def test_the_chosen_are_announced_together_for_the_days_shown(
    at_city: Client, clock: Callable[[datetime], None]
) -> None:
    listed = [application_in(State.LISTED, leader_name=name) for name in ("王金山", "何立群", "张毅")]
    at = datetime(2026, 9, 28, 9, tzinfo=AT.tzinfo)
    clock(at)
    page = at_city.get(LIST).context
    assert [row["application"].studio.leader_name for row in page["rows"]] == ["王金山", "何立群", "张毅"]
    assert all(row["picked"] for row in page["rows"])
    answer = at_city.post(LIST, notice_form(*listed[:2]))
    assert answer.headers["Location"] == reverse("cycle", args=["2026"])
    notice = Notice.objects.get()
    assert (notice.first_day, notice.last_day) == (page["period"].first, page["period"].last)
    assert notice.last_day.isoformat() == "2026-10-09"
    assert [fresh(one).state for one in listed] == ["public_notice", "public_notice", "listed"]


def test_two_who_publish_at_once_one_is_refused_and_nothing_is_half_done(
    at_city: Client, clock: Callable[[datetime], None]
) -> None:
    clock(AT)
    first, second = (application_in(State.LISTED, leader_name=name) for name in ("王金山", "何立群"))
    sent = notice_form(first, second)
    assert browser_of(cast().city_decider).post(LIST, notice_form(second)).status_code == 302
    answer = at_city.post(LIST, sent)
    assert answer.status_code == 409
    assert answer.context["title"] == "这一件已由姓名city_decider于9月1日10:00公示"
    assert sent["title"] in answer.context["kept"]
    assert fresh(first).state == State.LISTED
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"applications": []}, {"applications": ["选择要公示的工作室"]}),
        ({"title": ""}, {"title": ["填写标题"]}),
        ({"contact": " "}, {"contact": ["填写受理异议的联系方式"]}),
        ({"applications": ["x:1"]}, {"applications": ["重新打开这一页，再选择工作室"]}),
        ({"applications": ["x"]}, {"applications": ["重新打开这一页，再选择工作室"]}),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_is_kept(
    at_city: Client, changed: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    application = application_in(State.LISTED)
    answer = at_city.post(LIST, notice_form(application, **changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    assert Notice.objects.count() == 0


def test_an_application_of_another_cycle_is_not_there(at_city: Client) -> None:
    cycle("2027")
    application = application_in(State.LISTED)
    assert at_city.post("/cycles/2027/notice/", notice_form(application)).status_code == 404


def test_without_listed_applications_the_page_says_what_comes_first(at_city: Client) -> None:
    assert "拟公示名单上没有工作室" in at_city.get(LIST).text


def ruling(application: Application) -> str:
    """Return the page on which an application's objections are ruled on."""
    return reverse("ruling", args=[application.public_id])


@pytest.mark.parametrize(
    ("outcome", "state", "recorded"),
    [
        ("dismiss", State.PUBLIC_NOTICE, "dismissed"),
        ("uphold", State.CITY_DECISION, "upheld"),
        ("reject", State.REJECTED, "upheld"),
    ],
)
def test_a_ruling_moves_the_application_and_closes_the_objection(
    at_city: Client, outcome: str, state: State, recorded: str
) -> None:
    application = application_in(State.OBJECTION)
    sent = {"version": application.version, "outcome": outcome, "reason": "经核查属实。"}
    answer = at_city.post(ruling(application), sent)
    assert answer.headers["Location"] == reverse("rulings", args=["2026"])
    assert fresh(application).state == state
    filed = application.objections.get()
    assert (filed.outcome, filed.ruling, filed.ruled_by) == (recorded, "经核查属实。", user("chief"))


def test_the_page_tells_what_follows_from_each_ruling(
    at_city: Client, clock: Callable[[datetime], None]
) -> None:
    application = application_in(State.OBJECTION)
    clock(application.state_since)
    page = at_city.get(ruling(application))
    assert (
        page.context["form"].fields["outcome"].consequences["dismiss"] == "公示继续，余下5个工作日，至9月7日"
    )
    assert "成果归属有出入。" in page.text


def test_two_who_rule_at_once_one_reads_who_was_first_and_keeps_the_reason(at_city: Client) -> None:
    application = application_in(State.OBJECTION)
    sent = {"version": application.version, "outcome": "dismiss", "reason": "不属实。"}
    assert browser_of(cast().city_decider).post(ruling(application), sent).status_code == 302
    answer = at_city.post(ruling(application), sent | {"outcome": "uphold", "reason": "属实。"})
    assert (answer.status_code, answer.context["kept"]) == (409, "属实。")
    assert "姓名city_decider" in answer.context["title"]
    assert fresh(application).state == State.PUBLIC_NOTICE


def test_a_ruling_needs_its_reason(at_city: Client) -> None:
    application = application_in(State.OBJECTION)
    answer = at_city.post(ruling(application), {"version": application.version, "outcome": "dismiss"})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"reason": ["写明理由"]})


@pytest.mark.parametrize("username", ["expert1", "district_decider", "applicant", "union_decider"])
def test_nobody_else_reads_an_objection(username: str) -> None:
    application = application_in(State.OBJECTION)
    browser = browser_of(user(username))
    sent = {"version": application.version, "outcome": "dismiss", "reason": "不属实。"}
    assert browser.get(ruling(application)).status_code == 404
    assert browser.post(ruling(application), sent).status_code == 404


def test_an_application_without_objections_has_no_ruling(at_city: Client) -> None:
    assert at_city.get(ruling(application_in(State.PUBLIC_NOTICE))).status_code == 404


def test_the_lists_cost_the_same_for_1_and_30(at_city: Client) -> None:
    application_in(State.OBJECTION)
    application_in(State.LISTED, leader_name="何立群")
    pages = (LIST, "/cycles/2026/rulings/")
    few = [cost_of(at_city, address) for address in pages]
    first = applications_in(State.LISTED, [f"异议{number}" for number in range(29)])
    service.publish_notice(
        cycle=cycle(),
        applications=first,
        title="公示",
        contact="-",
        by=user("chief"),
        at=AT + timedelta(days=1),
    )
    for one in first:
        service.file_objection(
            fresh(one), at=AT + timedelta(days=1), name="赵敏", contact="-", grounds="有出入。"
        )
    applications_in(State.LISTED, [f"拟{number}" for number in range(29)])
    assert [cost_of(at_city, address) for address in pages] == few
    assert at_city.get(pages[1]).context["waiting"].paginator.count == 30
