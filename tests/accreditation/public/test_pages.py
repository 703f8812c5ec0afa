"""The other public pages, and what no public page may show."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.figures import Figure
from accreditation.models import ReportedFigure
from accreditation.services import naming
from accreditation.services.statistics import Reported, report_figures
from accreditation.states import State
from tests.accreditation.public.conftest import SIGNED, named, with_files
from tests.factories import AT, application_in, cast, district, member, user
from workflows.actors import SYSTEM
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady

pytestmark = pytest.mark.django_db

PRIVATE = {
    "contact_name": "保密联系人",
    "contact_phone": "13987654321",
    "contact_email": "secret@example.com",
    "narrative": "保密事迹",
    "results": "保密成果",
    "activity_ledger": "保密台账",
    "plan": "保密计划",
    "address": "保密地址",
    "equipment": "保密设备",
}
PRIVATE_MEMBER = {"name": "保密成员", "trade": "钳工", "education": "保密学历", "birth_year": 1961}
RANDOM = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|value="[0-9A-Za-z]{64}"')
"""Identifiers and form tokens, in which any four digits may stand."""
NOTES = ("符合条件。", "保密意见")


def test_no_public_page_shows_contacts_birth_years_or_notes(
    client: Client, clock: Callable[[datetime], None]
) -> None:
    members = [PRIVATE_MEMBER | {"name": f"保密成员{number}"} for number in range(3)]
    ended = application_in(State.NOTICE_ENDED, **PRIVATE, members=members)
    objected = application_in(State.OBJECTION, cast("other"), **PRIVATE, members=members)
    decision = naming.name_studios(
        cycle=ended.cycle, applications=[ended], number="渝工发〔2026〕18号", title="关于命名的决定",
        signed_on=SIGNED.date(), by=user("city_decider"), at=SIGNED,
    )  # fmt: skip
    naming.issue_due_certificates(SIGNED)
    with_files()
    clock(objected.state_since)
    assert ended.notice
    assert objected.notice
    filed = objected.objections.get()
    pages = [
        reverse("home"),
        reverse("register"),
        reverse("studio", args=[ended.studio.public_id]),
        reverse("notices"),
        reverse("notice", args=[ended.notice.public_id]),
        reverse("notice", args=[objected.notice.public_id]),
        reverse("objection", args=[objected.notice.public_id, objected.public_id]),
        reverse("objection-received", args=[filed.public_id]),
        reverse("districts"),
        reverse("district", args=["YB"]),
        reverse("district", args=["CQ"]),
        reverse("decision", args=[decision.public_id]),
    ]
    secrets = [
        *PRIVATE.values(),
        "保密成员",
        "保密学历",
        "1961",
        *NOTES,
        filed.name,
        filed.contact,
        filed.grounds,
    ]
    secrets += ["honour.pdf", "site.pdf", "applicant", "expert1", "city_decider"]
    shown = {}
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = RANDOM.sub("", answer.text)
        shown[address] = [secret for secret in secrets if secret in text]
    assert shown == {address: [] for address in pages}
    assert client.get(reverse("register"), {"q": "13987654321"}).context["page"].paginator.count == 0


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
