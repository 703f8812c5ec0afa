"""The sample: the report's figures in its own words, the states it promises, and nothing past the services."""

import json
import re
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import global_settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker, Settings

from accreditation.completeness import missing
from accreditation.facts import counted
from accreditation.figures import Figure
from accreditation.models import Application, Cycle, Designation, Notice, Organisation, User
from accreditation.queries.documents import document_of
from accreditation.queries.judging import panel_result_of
from accreditation.queries.rubrics import rubric_of
from accreditation.queries.statistics import Line, reports_of
from accreditation.sample import accounts
from accreditation.sample.days import Days
from accreditation.sample.load import load_sample
from accreditation.sample.story import WAYS
from accreditation.scoring import check_gates
from accreditation.states import State
from workflows.ledger.chain import first_broken
from workflows.models import Event
from workflows.models.stream import Stream
from workflows.working_days import SHANGHAI, notice_period

pytestmark = pytest.mark.django_db
LOADED_AT = datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)
told: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def _sample(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the sample once for the tests of this file, and take it away after the last of them."""
    with django_db_blocker.unblock(), translation.override("zh-hans"), transaction.atomic():
        told.clear()
        assert load_sample(LOADED_AT, told.append)
        yield
        accounts.path().unlink()
        transaction.set_rollback(True)


def application(leader: str) -> Application:
    return Application.objects.get(studio__leader_name=leader)


def figure(written: dict[str, str] | None, unit: str = "") -> str:
    read = Figure.from_json(written)
    return read.display(unit) if read else ""


def lines(code: str, period: str) -> dict[str, Line]:
    reports = reports_of(Organisation.objects.get(code=code))
    [report] = [report for report in reports if report.period == period]
    return {line.label: line for line in report.lines}


def shown(code: str, period: str) -> dict[str, str]:
    return {label: line.figure.display(line.unit) for label, line in lines(code, period).items()}


# ── States ───────────────────────────────────────────────────────────────────────────────────────────────


def test_every_application_is_where_the_sample_promises() -> None:
    assert dict(Application.objects.values_list("studio__leader_name", "state")) == {
        "米钰林": State.NAMED,
        "周亚平": State.NAMED,
        "张毅": State.PUBLIC_NOTICE,
        "张永忠": State.PANEL_SCORING,
        "王金山": State.DISTRICT_REVIEW,
        "庞宇来": State.DRAFT,
        "李秀兰": State.REJECTED,
        "孙志远": State.WITHDRAWN,
        "陈志强": State.ENTERPRISE_REVIEW,
        "吴秀英": State.CITY_INTAKE,
        "周立新": State.CITY_DECISION,
    }


def test_the_named_studios_pass_every_gate_and_every_line() -> None:
    for leader in ("米钰林", "周亚平", "张毅"):
        one = application(leader)
        rubric, document = rubric_of(one.cycle), json.loads(one.revisions.latest("number").document)
        submitted_on = timezone.localdate(one.submitted_at)
        failed = [gate.working for gate in check_gates(rubric, document, on=submitted_on) if not gate.passed]
        assert (leader, failed, panel_result_of(one).reasons("city")) == (leader, [], [])


def test_the_named_studios_have_certificates_that_are_ready() -> None:
    certificates = [one.certificate for one in Designation.objects.order_by("pk")]
    assert [(one.studio_name, one.enterprise_name, one.is_ready) for one in certificates] == [
        ("米钰林劳模创新工作室", "中国石化集团四川维尼纶厂", True),
        ("周亚平劳模创新工作室", "重钢集团中厚板厂", True),
    ]
    assert certificates[0].number == "渝劳模创〔2026〕第0001号"


def test_one_notice_is_running_when_the_sample_is_loaded() -> None:
    notice = Notice.objects.order_by("-published_at")[0]
    assert [one.studio.leader_name for one in notice.applications.all()] == ["张毅"]
    assert notice.first_day < LOADED_AT.date() <= notice.last_day == application("张毅").notice_ends_on


def test_the_panel_of_one_application_is_half_way() -> None:
    cards = application("张永忠").scorecards.order_by("pk")
    assert [card.expert.name for card in cards] == ["韩敏", "罗建", "周楠", "许文", "唐立"]
    assert [card.submitted_at is not None for card in cards] == [True, False, False, True, False]


def test_the_returned_application_came_back_as_its_second_version_to_the_level_that_returned_it() -> None:
    one = application("王金山")
    events = Event.objects.filter(stream=one.stream).order_by("sequence")
    assert [event.action for event in events] == [
        "start",
        "submit",
        "claim",
        "recommend",
        "claim",
        "send_back",
        "resubmit",
    ]
    assert (one.revision_number, one.state) == (2, State.DISTRICT_REVIEW)


def test_the_draft_cannot_be_submitted_and_says_why() -> None:
    one = application("庞宇来")
    gaps = missing(rubric_of(one.cycle), document_of(one))
    assert len(gaps) == 24
    assert [gap.message for gap in gaps if gap.step == "team"] == [
        "配好创新团队：除领军人物外至少3名成员，现有0名"
    ]


# ── The report's figures ─────────────────────────────────────────────────────────────────────────────────


def test_yubei_has_its_totals_and_its_topics_add_up() -> None:
    assert shown("YB", "2015年（报道时）") == {
        "区级劳模创新工作室": "7个",
        "成员": "89人",
        "创新课题": "56项",
        "获得专利": "56项",
        "创新攻关课题": "39项",
        "创新成果转化": "36项",
        "参与技术创新": "7720人次",
        "技能得到提升": "2006人",
    }
    assert lines("YB", "2015年（报道时）")["创新课题"].working == "8 + 16 + 32 = 56"


def test_the_energy_group_counts_its_model_workers_in_two_ways() -> None:
    reported = lines("NT", "2015年以来")
    assert [line.working for line in reported.values() if line.parts] == ["9 + 143 = 152", "55 + 97 = 152"]
    assert shown("NT", "2015年以来") | {"劳模（按级别合计）": "", "劳模（按在职合计）": ""} == {
        "劳模（按级别合计）": "",
        "劳模（按在职合计）": "",
        "劳模创新工作室": "9个",
        "创新团队": "202人",
        "技术攻关": "80项",
        "创新成果": "42项",
        "其中获得专利": "1项",
        "推广应用": "26项",
    }


def test_the_city_has_its_figures_with_their_qualifiers() -> None:
    assert shown("CQ", "截至2015年9月") == {
        "劳模创新工作室": "280余个",
        "参与劳模": "超过500人",
        "吸纳创新人才": "近4000人",
    }
    assert shown("CQ", "2014年和2015年") == {
        "创新及攻关项目": "近3000项",
        "专利": "1581项",
        "市级以上奖励": "1300多项",
        "创新成果转化": "1572项",
        "技术培训": "超过7000场次",
        "培训职工和服务对象": "33万余人次",
        "技能提升": "18万余人次",
    }
    assert list(shown("CQ", "2015年起3年内的目标").values()) == ["500个以上", "50个到100个"]


def test_zhou_yaping_s_activities_add_up_to_120_with_673_people() -> None:
    document = document_of(application("周亚平"))
    trainings = document["functions"]["trainings"]
    assert [figure(row["count"]) for row in trainings] == ["51", "8", "40", "21"]
    assert counted(trainings).display("次") == "120次"
    assert "共计673人参加了这些活动" in document["functions"]["statement"]
    assert figure(document["studio"]["investment"], "万元") == "30万元"
    assert [figure(row["count"], "项") for row in document["topics"]["topics"]] == ["15项"]
    assert [
        (figure(row["count"], "项"), figure(row["benefit"], "万元"))
        for row in document["topics"]["conversions"]
    ] == [("15项", "2264万元")]
    assert [(row["grade"], figure(row["count"], "人")) for row in document["functions"]["promotions"]] == [
        ("高级技师", "2人"),
        ("技师", "1人"),
    ]


def test_zhang_yi_s_results_stand_as_reported() -> None:
    document = document_of(application("张毅"))
    topics = document["topics"]
    assert [(row["name"], figure(row["count"], "项")) for row in topics["patents"]] == [
        ("国家实用专利", "28项")
    ]
    assert [(row["title"], figure(row["count"], "项")) for row in topics["awards"]] == [
        ("QC成果", "10余项"),
        ("重庆市电力公司科技进步奖", "2项"),
        ("工人技术创新奖", "3项"),
    ]
    assert figure(topics["conversions"][0]["benefit"], "万元") == "上千万元"
    assert document["studio"]["founded"] == "2010-05"
    assert figure(document["enterprise"]["staff"], "人") == "2000余人"
    assert document["mechanism"]["rules"] == [{"title": "《张毅劳模创新工作室管理办法》", "issued": ""}]


def test_zhang_yongzhong_s_studio_stands_as_reported() -> None:
    studio = document_of(application("张永忠"))["studio"]
    assert figure(studio["investment"], "万元") == "60余万元"
    assert figure(studio["area"], "平方米") == "1995.75平方米"
    assert figure(studio["budget"], "万元") == "15万元"
    assert studio["address"] == "鱼嘴厂区机加总装二车间西门右侧"
    assert list(shown("CA", "拟用3年至5年的时间").values()) == ["7个", "48个"]


def test_mi_yulin_s_namings_benefit_and_mechanisms_stand_as_reported() -> None:
    document = document_of(application("米钰林"))
    assert [(row["level"], row["title"]) for row in document["namings"]] == [
        ("city", "劳模创新示范工作室（重庆市总工会）"),
        ("national", "全国示范性劳模创新工作室（中华全国总工会）"),
    ]
    assert figure(document["topics"]["conversions"][0]["benefit"], "万元") == "上千万元"
    assert [row["title"] for row in document["mechanism"]["rules"]] == [
        "学习研讨机制",
        "项目推进机制",
        "导师带徒机制",
        "对内外交流机制",
    ]


def test_people_who_are_not_in_the_report_are_marked_in_every_form() -> None:
    for one in Application.objects.all():
        document = document_of(one)
        people = [row["name"] for row in document["team"]["members"]]
        people += [name for row in document["team"]["pairs"] for name in (row["master"], row["apprentice"])]
        assert [name for name in people if not name.endswith("（示例）")] == []
        assert "示例" in document["narrative"]


# ── Made by the services ─────────────────────────────────────────────────────────────────────────────────


def test_every_chain_is_unbroken_and_in_the_order_of_time() -> None:
    rows: list[Stream] = [*Application.objects.all(), *Organisation.objects.all(), *Cycle.objects.all()]
    for row in rows:
        events = list(Event.objects.filter(stream=row.stream).select_related("payload").order_by("sequence"))
        assert (len(events) > 0, first_broken(events), row.sequence) == (True, None, len(events)), row
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[-1].at < LOADED_AT


def test_every_state_is_the_one_of_its_last_event() -> None:
    for one in Application.objects.all():
        assert Event.objects.filter(stream=one.stream).latest("sequence").to_state == one.state


def test_every_application_began_with_the_service_that_begins_one() -> None:
    streams = [one.stream for one in Application.objects.all()]
    began = Event.objects.filter(stream__in=streams, sequence=1)
    assert [event.action for event in began] == ["start"] * len(WAYS)


def test_the_way_of_one_application_is_told_to_its_certificate() -> None:
    steps = [line.strip().split("  ")[1].split("：")[0] for line in told if line.startswith("  ")]
    assert steps == [
        "提交",
        "推荐",
        "推荐",
        "组成专家组",
        *["交评分卡"] * 5,
        "结束评分",
        "列入拟公示名单",
        "公示",
        "公示期满",
        "命名",
    ]
    assert told[-1] == "sample: certificates drawn: 2"


def test_the_sample_is_not_loaded_twice() -> None:
    before = Event.objects.count()
    assert load_sample(LOADED_AT, told.append) is False
    assert Event.objects.count() == before


# ── Every page that a link leads to ───────────────────────────────────────────────────────────────────────

LINK = re.compile(r'href="(/[^"#?]*)')
OF_A_KIND = 3  # addresses of one kind of page that are opened


@pytest.mark.parametrize(
    "username", ["", "wangqian", "kongyan", "heqiu", "qinlan", "shilei", "zhounan", "chenliyan"]
)
def test_every_link_that_somebody_sees_leads_to_a_page(client: Client, username: str) -> None:
    if username:
        client.force_login(User.objects.get(username=username))
    waiting, opened = [reverse("home"), reverse("account")], dict[str, int]()
    dead: list[tuple[str, int]] = []
    kinds: Counter[str] = Counter()
    while waiting:
        address = waiting.pop()
        kind = resolve(address).url_name
        if address in opened or kinds[kind] == OF_A_KIND:
            continue
        kinds[kind] += 1
        answer = client.get(address)
        opened[address] = answer.status_code
        if answer.status_code >= 400:
            dead.append((address, answer.status_code))
        elif answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            found = LINK.findall(answer.content.decode())
            waiting += [one for one in found if not one.startswith("/static/")]
    assert dead == []
    assert len(opened) > 8


# ── Accounts and commands ────────────────────────────────────────────────────────────────────────────────


def test_everybody_can_sign_in_with_the_password_that_is_kept(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    made = accounts.kept()
    assert stat.S_IMODE(accounts.path().stat().st_mode) == 0o600
    assert len({account.password for account in made}) == len(made) == User.objects.count()
    for account in (made[0], made[-1]):
        assert User.objects.get(username=account.username).check_password(account.password)


def test_there_is_an_account_for_every_grant_at_every_level() -> None:
    held = {(body.kind, grant) for body, grant in _grants()}
    assert held >= {
        ("enterprise", "apply"),
        ("union", "review"),
        ("union", "decide"),
        ("district", "review"),
        ("district", "decide"),
        ("district", "audit"),
        ("city", "review"),
        ("city", "decide"),
        ("city", "audit"),
    } | {
        (kind, "manage")
        for kind in ("city", "district", "group", "industry", "union", "street", "enterprise")
    }


def _grants() -> Iterator[tuple[Organisation, str]]:
    for organisation in Organisation.objects.prefetch_related("grants__permission"):
        for grant in organisation.grants.all():
            yield organisation, grant.permission.codename


def test_the_accounts_are_printed() -> None:
    printed = StringIO()
    call_command("sample_accounts", stdout=printed)
    first = accounts.kept()[0]
    assert f"{first.username:<10} {first.password}" in printed.getvalue()


def test_every_page_says_at_its_foot_that_the_sample_is_here(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told_at_foot = "装有示例数据"
    assert told_at_foot in client.get(reverse("register")).content.decode()
    monkeypatch.setattr(accounts, "path", lambda: tmp_path / "none.json")
    assert told_at_foot not in client.get(reverse("register")).content.decode()


def test_the_certificate_s_path_is_the_last_line() -> None:
    printed = StringIO()
    call_command("demo_certificate", stdout=printed)
    last = printed.getvalue().splitlines()[-1]
    assert Path(last.removeprefix("certificate: ")).read_bytes()[:5] == b"%PDF-"


# ── Without a sample, and on any other day ───────────────────────────────────────────────────────────────


def test_without_a_sample_no_account_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(accounts, "path", lambda: tmp_path / "none.json")
    printed = StringIO()
    call_command("sample_accounts", stdout=printed)
    assert printed.getvalue() == "accounts: no sample was loaded here\n"


def test_without_a_certificate_the_command_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accreditation.management.commands.demo_certificate.FOLLOWED", "无此人")
    with pytest.raises(CommandError):
        call_command("demo_certificate", stdout=StringIO())


def test_the_story_fits_whatever_day_it_is_told_on() -> None:
    longest = max(step.day for way in WAYS for step in way.steps)
    for days in range(0, 1100, 3):
        calendar = Days(LOADED_AT + timedelta(days=days))
        assert calendar.opens_at < calendar.before(longest, "09:00")
        assert calendar.at + timedelta(days=29) < calendar.closes_at
        published = notice_period(calendar.before(2, "09:00"))
        assert published.first < calendar.today <= published.last
