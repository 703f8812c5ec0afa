"""Public notices and objections: who may object until when, and what visitors read."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accreditation.models import Application, Objection
from accreditation.queries.notices import announced
from accreditation.services import notice as service
from accreditation.services import review
from accreditation.services.applications import withdraw
from accreditation.states import State
from accreditation.views.throttle import OBJECTIONS
from tests.crowd import applications_in
from tests.factories import application_in, cast, fresh, user
from workflows.refusals import Stale, WrongState
from workflows.working_days import SHANGHAI, end_of_day

pytestmark = pytest.mark.django_db

Clock = Callable[[datetime], None]
WRITTEN = {"name": "赵敏", "contact": "13800000000", "grounds": "第2项成果由另一班组完成。"}


@pytest.fixture(autouse=True)
def _nobody_has_objected_yet() -> None:
    cache.clear()


def objection_page(application: Application) -> str:
    """Return the address of the form."""
    assert application.notice
    return reverse("objection", args=[application.notice.public_id, application.public_id])


def test_a_notice_lists_its_studios_by_district_with_the_days_left(client: Client, clock: Clock) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    assert application.notice
    clock(datetime(2026, 9, 3, 9, tzinfo=SHANGHAI))
    shown = client.get(reverse("notice", args=[application.notice.public_id])).context
    rows = [(group.organisation.name, [row.standing for row in group.rows]) for group in shown["groups"]]
    assert rows == [("渝北区总工会", ["running"])]
    assert (shown["days_left"], shown["may_object"], len(shown["strip"])) == (3, True, 7)


def test_an_objection_stops_the_notice_and_gives_a_reference(client: Client, clock: Clock) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    clock(application.state_since)
    answer = client.post(objection_page(application), WRITTEN, follow=True)
    filed = Objection.objects.get()
    assert answer.redirect_chain == [(reverse("objection-received", args=[filed.public_id]), 302)]
    assert fresh(application).state == State.OBJECTION
    assert {name: getattr(filed, name) for name in WRITTEN} == WRITTEN
    assert str(filed.public_id) in answer.text


def test_the_same_objection_sent_twice_is_filed_once(client: Client, clock: Clock) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    clock(application.state_since)
    first, second = (client.post(objection_page(application), WRITTEN).headers["Location"] for _ in range(2))
    assert first == second
    assert Objection.objects.count() == 1


def test_a_second_person_may_object_while_the_notice_is_paused(client: Client, clock: Clock) -> None:
    application = application_in(State.OBJECTION)
    clock(application.state_since)
    assert client.post(objection_page(application), WRITTEN | {"name": "钱正"}).status_code == 302
    assert application.objections.count() == 2


def test_an_objection_needs_a_name_a_contact_and_grounds(client: Client, clock: Clock) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    clock(application.state_since)
    answer = client.post(objection_page(application), {"grounds": "  "})
    assert answer.status_code == 422
    assert answer.context["form"].errors.get_json_data() == {
        "name": [{"message": "填写姓名或单位名称", "code": "required"}],
        "contact": [{"message": "填写电话、邮箱或通信地址", "code": "required"}],
        "grounds": [{"message": "写明理由", "code": "required"}],
    }
    assert Objection.objects.count() == 0


def test_the_last_day_counts_and_the_day_after_is_refused(client: Client, clock: Clock) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    assert application.notice_ends_on
    end = end_of_day(application.notice_ends_on)
    clock(end - timedelta(minutes=1))
    assert client.get(objection_page(application)).status_code == 200
    clock(end)
    for answer in (
        client.get(objection_page(application)),
        client.post(objection_page(application), WRITTEN),
    ):
        assert answer.status_code == 409
        assert answer.context["title"] == "公示期已满，不再受理异议"
    assert answer.context["kept"] == WRITTEN["grounds"]
    assert Objection.objects.count() == 0


def test_a_studio_that_left_the_notice_takes_no_objection(client: Client, clock: Clock) -> None:
    application = application_in(State.OBJECTION)
    clock(application.state_since)
    service.uphold_objection(
        application,
        by=user("city_decider"),
        at=application.state_since,
        expected_version=application.version,
        reason="属实。",
    )
    answer = client.post(objection_page(application), WRITTEN)
    assert (answer.status_code, answer.context["title"]) == (409, "这个工作室现在不在公示中")


def test_one_address_cannot_file_without_end(client: Client, clock: Clock) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    clock(application.state_since)
    answers = [
        client.post(objection_page(application), WRITTEN | {"grounds": f"理由{number}"}).status_code
        for number in range(OBJECTIONS.most + 1)
    ]
    assert answers == [302] * OBJECTIONS.most + [429]


def test_the_reference_tells_the_outcome_and_never_who_objected(client: Client) -> None:
    application = application_in(State.OBJECTION)
    filed = application.objections.get()
    address = reverse("objection-received", args=[filed.public_id])
    assert "核查中" in client.get(address).text
    service.dismiss_objection(
        application,
        by=user("city_decider"),
        at=application.state_since,
        expected_version=application.version,
        reason="经核查，成果归属清楚。",
    )
    answer = client.get(address).text
    assert "异议不成立" in answer
    assert "经核查，成果归属清楚。" in answer
    assert [part for part in (filed.name, filed.contact, filed.grounds) if part in answer] == []


def test_an_application_of_another_notice_is_not_there(client: Client) -> None:
    ours, theirs = application_in(State.PUBLIC_NOTICE), application_in(State.PUBLIC_NOTICE, cast("other"))
    assert ours.notice
    assert client.get(reverse("objection", args=[ours.notice.public_id, theirs.public_id])).status_code == 404


def test_what_is_not_announced_has_no_public_page(client: Client) -> None:
    application = application_in(State.LISTED)
    assert client.get(reverse("notice", args=[application.public_id])).status_code == 404
    assert (
        client.get(reverse("objection", args=[application.public_id, application.public_id])).status_code
        == 404
    )


def test_the_list_of_notices_costs_the_same_for_1_and_30(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    application = application_in(State.PUBLIC_NOTICE)
    assert application.notice
    pages = (reverse("notices"), reverse("notice", args=[application.notice.public_id]))
    client.get(pages[0])
    for address in pages:
        with django_assert_num_queries(3):  # one of them: who issues, for the foot
            client.get(address)
    listed = applications_in(State.LISTED, [f"领军人{number}" for number in range(29)])
    large = service.publish_notice(
        cycle=application.cycle,
        applications=listed,
        title="第二批公示",
        contact="023-63860000",
        by=user("city_decider"),
        at=application.state_since,
    )
    for address in (pages[0], reverse("notice", args=[large.public_id])):
        with django_assert_num_queries(3):  # one of them: who issues, for the foot
            client.get(address)


def test_without_notices_the_page_leads_to_the_register(client: Client) -> None:
    answer = client.get(reverse("notices")).text
    assert "还没有公示" in answer
    assert reverse("register") in answer


def test_a_notice_keeps_the_studio_that_is_announced_again_later(client: Client) -> None:
    application = application_in(State.OBJECTION)
    first = application.notice
    assert first
    people = cast()
    at = application.state_since + timedelta(hours=1)
    decided = {"by": people.city_decider, "reason": "重新审定。"}
    service.uphold_objection(application, at=at, expected_version=application.version, **decided)
    review.approve(application, at=at, expected_version=application.version + 1, **decided)
    second = service.publish_notice(
        cycle=people.cycle, applications=[fresh(application)], title="二次公示", contact="023",
        by=people.city_decider, at=at,
    )  # fmt: skip

    standings = [
        [row.standing for group in announced(one, second.first_day) for row in group.rows]
        for one in (first, second)
    ]
    assert standings == [["off"], ["running"]]


def test_the_same_objection_is_not_filed_twice() -> None:
    application = application_in(State.PUBLIC_NOTICE)
    at = application.state_since + timedelta(hours=1)
    service.file_objection(application, at=at, **WRITTEN)

    with pytest.raises(WrongState):
        service.file_objection(application, at=at, **WRITTEN)
    assert application.objections.count() == 1


def test_nobody_rules_on_an_objection_they_have_not_read(client: Client, clock: Clock) -> None:
    application = application_in(State.OBJECTION)
    clock(application.state_since)
    read = application.version
    client.post(objection_page(application), WRITTEN | {"name": "钱正"})
    with pytest.raises(Stale):
        service.dismiss_objection(
            application,
            by=user("city_decider"),
            at=application.state_since,
            expected_version=read,
            reason="不属实。",
        )
    assert application.objections.filter(outcome="").count() == 2


def test_an_objection_ends_with_the_application_that_is_withdrawn(client: Client) -> None:
    application = application_in(State.OBJECTION)
    at = application.state_since + timedelta(hours=1)
    withdraw(
        application, by=cast().applicant, at=at, expected_version=application.version, reason="另有安排。"
    )

    filed = application.objections.get()
    shown = client.get(reverse("objection-received", args=[filed.public_id])).content.decode()
    assert (filed.outcome, filed.ruling, "另有安排" in shown) == ("lapsed", "", False)
