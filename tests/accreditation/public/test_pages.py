"""The other public pages."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.figures import Figure
from accreditation.models import ReportedFigure
from accreditation.services.statistics import Reported, report_figures
from tests.accreditation.public.conftest import named
from tests.factories import AT, cast, district, member
from workflows.actors import SYSTEM
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady

pytestmark = pytest.mark.django_db


def test_a_naming_decision_lists_its_studios_by_district(client: Client) -> None:
    decision = named("米钰林", "周亚平")
    answer = client.get(reverse("decision", args=[decision.public_id]))
    assert answer.context["count"] == 2
    assert "<li>米钰林劳模创新工作室（重庆金山科技公司）</li>" in answer.text
    assert decision.number in answer.text


def test_visitors_are_shown_the_front_page_and_people_their_work(client: Client) -> None:
    people = cast()
    assert client.get(reverse("home")).status_code == 200
    client.force_login(people.district_decider)
    assert client.get(reverse("home")).headers["Location"] == reverse("desk")
    client.force_login(people.applicant)
    assert client.get(reverse("home")).headers["Location"] == reverse("applications")


def test_somebody_without_grants_is_told_who_gives_them(client: Client) -> None:
    client.force_login(member(district(), username="idle"))
    assert "还没有权限" in client.get(reverse("home")).text


def test_a_district_shows_what_it_reported_with_the_working(client: Client) -> None:
    body = cast().district
    parts = [("技能提升", 8), ("流程优化", 16), ("科技开发", 32)]
    topics = Reported(
        "课题", figure(56), "项", [Reported(label, figure(count), "项") for label, count in parts]
    )
    report_figures(
        body,
        period="2015年",
        rows=[topics, Reported("成员", figure(89), "人")],
        source="渝北区总工会",
        by=SYSTEM,
        at=AT,
    )
    answer = client.get(reverse("district", args=[body.code]))
    (report,) = answer.context["reports"]
    assert [(line.label, line.figure.display(line.unit), line.working) for line in report.lines] == [
        ("课题", "56项", "8 + 16 + 32 = 56"),
        ("成员", "89人", ""),
    ]
    assert "8 + 16 + 32 = 56" in answer.text


def figure(number: int, qualifier: str = "") -> Figure:
    """Return a figure."""
    return Figure(Decimal(number), qualifier)


def test_a_later_report_of_the_period_takes_the_place_of_the_earlier() -> None:
    body = district()
    for count in (7, 9):
        report_figures(
            body, period="2015年", rows=[Reported("工作室", figure(count), "个")], source="", by=SYSTEM, at=AT
        )
    assert list(ReportedFigure.objects.values_list("number", flat=True)) == [Decimal(9)]
    assert Event.objects.filter(stream=body.stream, action="report_figures").count() == 2


def test_exact_parts_must_add_up() -> None:
    row = Reported(
        "课题", figure(56), "项", [Reported("技能提升", figure(8)), Reported("流程优化", figure(16))]
    )
    with pytest.raises(NotReady) as refusal:
        report_figures(district(), period="2015年", rows=[row], source="", by=SYSTEM, at=AT)
    assert [problem.message for problem in refusal.value.problems] == ["课题各项合计24，与总数56不符。"]
    assert not ReportedFigure.objects.exists()


def test_only_a_manager_reports_figures() -> None:
    with pytest.raises(NotPermitted):
        report_figures(
            district(),
            period="2015年",
            rows=[Reported("成员", figure(1))],
            source="",
            by=cast().district_decider,
            at=AT,
        )


@pytest.mark.parametrize("code", ["YB-E", "YB-U", "none"])
def test_enterprises_and_their_unions_have_no_public_page(client: Client, code: str) -> None:
    cast()
    assert client.get(reverse("district", args=[code])).status_code == 404
