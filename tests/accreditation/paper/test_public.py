"""Notices, decisions and yearly registers: what everybody may have, and what is never in them."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from docx.shared import Pt

from accreditation.documents.decision import Decision, decision_pdf
from accreditation.documents.decision_docx import decision_docx
from accreditation.models import NamingDecision
from accreditation.services import review
from accreditation.services.naming import issue_due_certificates, name_studios
from accreditation.states import State
from accreditation.views.handing_out import DRAWINGS
from certificates.kept import kept
from certificates.models import Certificate, Ending
from tests import factories as make
from tests.accreditation.at_work import browser_of, cost_of
from tests.accreditation.paper.reading import assert_archivable, content_of, opened, pages_of, text_of
from workflows.models import Event

pytestmark = pytest.mark.django_db
RARE = "㛃𬭎䶮"
SIGNED = make.AT + timedelta(days=45)
PRIVATE = ("刘洋", "023-60000000", "1980", "成员0", "姓名", "符合条件。", "13800000000")
"""Contacts, birth years, members, who decided, what they said."""


def announced(**changes):
    return make.application_in(State.PUBLIC_NOTICE, **changes)


def named(*leaders, number="渝工发〔2026〕18号"):
    ended = [make.application_in(State.NOTICE_ENDED, leader_name=name) for name in leaders]
    decision = name_studios(
        cycle=make.cycle(),
        applications=ended,
        number=number,
        title="关于命名2026年度重庆市劳模创新工作室的决定",
        signed_on=date(2026, 10, 16),
        by=make.user("city_decider"),
        at=SIGNED,
    )
    issue_due_certificates(SIGNED)
    return decision


def decision_address(decision, kind):
    return reverse("decision-document", args=[decision.public_id, kind])


def large(studios, bodies=1, **changed):
    """A decision with so many studios, long names among them."""
    names = [
        (
            f"{'重' * (number % 30)}{RARE}劳模创新工作室",
            "重庆松藻煤电有限责任公司打通一煤矿机电运输管理区" * (1 + number % 2),
        )
        for number in range(studios)
    ]
    facts = {
        "issuer": "重庆市总工会",
        "title": "关于命名2026年度重庆市劳模创新工作室的决定",
        "number": "渝工发〔2026〕18号",
        "text": "经评审、公示，决定命名，有效期至",
        "until": "2029年10月15日",
        "bodies": [(f"第{one}区总工会", tuple(names[one::bodies])) for one in range(bodies)],
        "signed_on": date(2026, 10, 16),
        "mark": f"名单摘要 SHA-256 {'ab' * 32}　2026年10月16日",
    }
    return Decision(**facts | changed)


# ── Notices ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.drawn
def test_a_notice_has_its_days_its_contact_and_its_list(client, tmp_path):
    application = announced(leader_name=f"王{RARE}")
    content = content_of(client.get(reverse("notice-document", args=[application.notice.public_id])))
    assert_archivable(content, tmp_path)
    first, second = pages_of(content)
    for said in (
        "拟命名劳模创新工作室公示", "公示期：2026年9月1日至2026年9月7日，共5个工作日，休息日和节假日不计入。",
        "受理：023-63860000", "重庆市总工会2026年9月1日", "—1—", "名单摘要SHA-256",
    ):  # fmt: skip
        assert said in first
    assert f"渝北区总工会（1个）王{RARE}劳模创新工作室（重庆金山科技公司）" in second
    assert [word for word in PRIVATE if word in first + second] == []


def test_what_was_taken_off_a_notice_is_marked(client, blank):
    application = make.application_in(State.OBJECTION)
    review.reject(
        application,
        by=make.user("city_decider"),
        at=make.AT,
        expected_version=application.version,
        reason="属实。",
    )
    content_of(client.get(reverse("notice-document", args=[application.notice.public_id])))
    assert "已撤下公示" in blank[0]
    assert [word for word in (*PRIVATE, "赵敏", "属实") if word in blank[0]] == []


def test_there_is_no_notice_before_it_is_published(client):
    make.application_in(State.LISTED)
    assert (
        client.get(reverse("notice-document", args=["00000000-0000-4000-8000-000000000000"])).status_code
        == 404
    )


# ── Decisions ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.drawn
def test_a_signed_decision_is_for_everybody_on_paper(client, tmp_path):
    decision = named(f"王{RARE}", "张毅")
    content = content_of(client.get(decision_address(decision, "pdf")))
    assert_archivable(content, tmp_path)
    first, second = pages_of(content)
    for said in (
        "重庆市总工会文件渝工发〔2026〕18号关于命名2026年度重庆市劳模创新工作室的决定",
        f"决定命名王{RARE}劳模创新工作室等2个工作室为“重庆市劳模创新工作室”，有效期至2029年10月15日。",
        "附件：命名名单", "重庆市总工会2026年10月16日", "—1—",
    ):  # fmt: skip
        assert said in first
    assert (
        f"渝北区总工会（2个）王{RARE}劳模创新工作室（重庆金山科技公司）张毅劳模创新工作室（重庆金山科技公司）"
        in second
    )
    assert "草稿" not in first + second
    assert [word for word in PRIVATE if word in first + second] == []


def test_a_signed_decision_is_for_everybody_as_a_file_to_be_edited(client):
    decision = named(f"王{RARE}", "张毅")
    answer = client.get(decision_address(decision, "docx"))
    document = opened(content_of(answer))
    assert [(one.style.name, one.text) for one in document.paragraphs] == [
        ("Issuer", "重庆市总工会文件"),
        ("Number", "渝工发〔2026〕18号"),
        ("Title", "关于命名2026年度重庆市\n劳模创新工作室的决定"),
        (
            "Body Text",
            f"经评审、公示，决定命名王{RARE}劳模创新工作室等2个工作室为“重庆市劳模创新工作室”，有效期至2029年10月15日。",
        ),
        ("Body Text", "附件：命名名单"),
        ("Signature", "重庆市总工会"),
        ("Signature", "2026年10月16日"),
        ("Annex", "附件"),
        ("Title", "命名名单"),
        ("Heading 1", "渝北区总工会（2个）"),
        ("List", f"王{RARE}劳模创新工作室（重庆金山科技公司）"),
        ("List", "张毅劳模创新工作室（重庆金山科技公司）"),
    ]
    assert "attachment" in answer["Content-Disposition"]
    section = document.sections[0]
    assert [round(one.mm) for one in (section.page_width, section.page_height, section.top_margin)] == [
        210,
        297,
        37,
    ]
    assert (round(section.left_margin.mm), section.footer.paragraphs[0].text) == (28, "—  —")
    assert 'w:instr="PAGE"' in section.footer._element.xml
    assert "名单摘要 SHA-256" in section.even_page_footer.paragraphs[1].text
    assert (document.core_properties.title, document.core_properties.subject) == (
        decision.title,
        decision.number,
    )


def test_its_styles_name_the_fonts_of_official_documents_and_what_stands_in_for_them():
    document = opened(decision_docx(large(1)).make())
    fonts = {
        name: (document.styles[name].element.rPr.rFonts.get(EAST), document.styles[name].font.size)
        for name in ("Normal", "Title", "Heading 1")
    }
    assert fonts == {
        "Normal": ("仿宋_GB2312", Pt(16)),
        "Title": ("方正小标宋简体", Pt(22)),
        "Heading 1": ("黑体", Pt(16)),
    }
    parts = {
        str(part.partname): part.blob.decode(errors="replace") for part in document.part.package.iter_parts()
    }
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="华文中宋"/>' in parts["/word/fontTable.xml"]
    assert document.settings.odd_and_even_pages_header_footer


EAST = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"


def test_a_draft_says_so_on_every_page_and_is_for_who_runs_the_cycle(blank, client):
    application = make.application_in(State.NOTICE_ENDED)
    sent = {
        "applications": [f"{application.public_id}:{application.version}"],
        "number": "渝工发〔2026〕19号",
        "title": "关于命名的决定",
        "signed_on": "2026-10-16",
    }
    address = reverse("naming-draft", args=["2026"])
    browser = browser_of(make.user("city_decider"))
    document = opened(content_of(browser.post(address, sent | {"kind": "docx"})))
    section = document.sections[0]
    assert [one.paragraphs[0].text for one in (section.header, section.even_page_header)] == [
        "草稿，尚未签发"
    ] * 2
    answer = browser.post(address, sent | {"kind": "pdf"})
    assert "王金山劳模创新工作室" in content_of(answer).decode()
    assert "%EF%BC%88%E8%8D%89%E7%A8%BF%EF%BC%89.pdf" in answer["Content-Disposition"]  # （草稿）.pdf
    assert [one.facts["what"] for one in Event.objects.filter(action="export")] == ["decision_draft"] * 2
    for username in ("applicant", "district_decider", "expert1"):
        assert browser_of(make.user(username)).post(address, sent | {"kind": "pdf"}).status_code == 404
    assert client.post(address, sent | {"kind": "pdf"}).status_code == 302
    assert NamingDecision.objects.count() == 0


@pytest.mark.parametrize("changed", [{"number": ""}, {"applications": []}, {"kind": "exe"}, {"kind": ""}])
def test_an_incomplete_draft_is_refused(changed, blank):
    application = make.application_in(State.NOTICE_ENDED)
    sent = {
        "applications": [f"{application.public_id}:1"],
        "number": "1号",
        "title": "关于命名的决定",
        "signed_on": "2026-10-16",
        "kind": "pdf",
    }
    answer = browser_of(make.user("city_decider")).post(
        reverse("naming-draft", args=["2026"]), sent | changed
    )
    assert (answer.status_code, blank, Event.objects.filter(action="export").count()) == (422, [], 0)


def test_no_draft_names_what_is_not_ready_for_it(blank):
    for application in (make.application_in(State.CITY_DECISION), make.complete_draft(leader_name="张毅")):
        sent = {
            "applications": [f"{application.public_id}:1"],
            "number": "1号",
            "title": "关于命名的决定",
            "signed_on": "2026-10-16",
            "kind": "pdf",
        }
        browser = browser_of(make.user("city_decider"))
        assert browser.post(reverse("naming-draft", args=["2026"]), sent).status_code == 422


@pytest.mark.drawn
def test_a_long_list_keeps_its_headings_with_their_studios():
    content = decision_pdf(large(60, bodies=13)).make()
    for one in pages_of(content):
        listed = one.rpartition("名单摘要")[0] or one
        assert not listed.rstrip("—0123456789").endswith("个）"), one[-80:]
    assert "".join(text_of(content).split()).count(RARE) == 60


def test_another_ending_is_not_there(client):
    decision = named("王金山")
    assert client.get(f"/decisions/{decision.public_id}/decision.exe").status_code == 404


# ── The yearly register ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.drawn
def test_the_register_of_a_year_has_a_cover_contents_and_its_studios(client, clock, tmp_path):
    named(f"王{RARE}", "张毅")
    clock(SIGNED)
    content = content_of(client.get(reverse("yearbook", args=[2026])))
    assert_archivable(content, tmp_path)
    cover, contents, first = pages_of(content)
    assert "重庆市劳模创新工作室年度名册2026年命名在效的工作室2个重庆市总工会2026年10月16日" in cover
    assert "渝北区总工会2个" in contents
    assert re.search(r"渝北区总工会 +2个 +3$", text_of(content, layout=True), re.MULTILINE)
    number = Certificate.objects.order_by("pk")[0].number
    for said in (
        f"王{RARE}劳模创新工作室",
        "重庆金山科技公司",
        "市级",
        number,
        "有效期至2029年10月15日",
        "3/3",
        "名单摘要SHA-256",
    ):
        assert said in first
    assert [word for word in PRIVATE if word in cover + contents + first] == []


def test_it_lists_each_studio_once_and_says_what_was_revoked_in_the_year(client, clock, blank):
    decision = named("王金山", "张毅")
    clock(SIGNED)
    certificate = decision.designations.first().certificate
    Ending.objects.create(
        certificate=certificate,
        kind="revoked",
        ended_on=date(2027, 5, 6),
        reason="单位注销。",
        recorded_at=SIGNED,
    )
    clock(SIGNED + timedelta(days=500))
    for year in (2026, 2027, 2028):
        content_of(client.get(reverse("yearbook", args=[year])))
    first, second, third = blank
    assert (first.count("王金山劳模创新工作室"), "撤销" in first) == (1, False)
    assert (second.count("王金山劳模创新工作室"), "2027年5月6日撤销" in second) == (1, True)
    assert ("王金山劳模创新工作室" in third, "张毅劳模创新工作室" in third) == (False, True)


def test_years_without_studios_have_none(client, clock):
    make.cast()
    assert client.get(reverse("yearbook", args=[2026])).status_code == 404
    named("王金山")
    clock(SIGNED)
    for year in (0, 2025, 2027, 2030, 10**20):
        assert client.get(f"/register/{year}.pdf").status_code == 404


# ── All of them ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_public_pages_lead_to_them(client, clock):
    decision = named("王金山")
    notice = make.Application.objects.get().notice
    clock(SIGNED)
    pages = {
        reverse("notice", args=[notice.public_id]): reverse("notice-document", args=[notice.public_id]),
        reverse("decision", args=[decision.public_id]): decision_address(decision, "docx"),
        reverse("register"): reverse("yearbook", args=[2026]),
    }
    assert [page for page, address in pages.items() if address not in client.get(page).text] == []


def test_they_cost_the_same_for_1_and_10(client, clock, blank):
    decision = named("王金山")
    notice = make.Application.objects.get().notice
    clock(SIGNED)
    addresses = [
        reverse("notice-document", args=[notice.public_id]),
        decision_address(decision, "pdf"),
        decision_address(decision, "docx"),
        reverse("yearbook", args=[2026]),
    ]
    before = [cost_of(client, one) for one in addresses]
    more = named(*(f"周{number}" for number in range(9)), number="渝工发〔2026〕20号")
    assert more.designations.count() == 9
    assert [cost_of(client, one) for one in (*addresses[:1], decision_address(more, "pdf"),
            decision_address(more, "docx"), addresses[3])] == before  # fmt: skip


def test_who_has_too_many_made_waits_and_what_is_kept_goes_on(client, blank, monkeypatch):
    decision = named("王金山")
    content_of(client.get(decision_address(decision, "pdf")))
    monkeypatch.setattr(
        "accreditation.views.handing_out.DRAWINGS", DRAWINGS.__class__("drawings", most=1, seconds=60)
    )
    refused = client.get(decision_address(decision, "docx"))
    assert (refused.status_code, "一时下载过多" in refused.text) == (429, True)
    content_of(client.get(decision_address(decision, "pdf")))
    cache.clear()
    content_of(client.get(decision_address(decision, "docx")))
    assert kept(decision_docx(large(1))) is None
