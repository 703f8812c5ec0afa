"""My applications, the page of one in every state, submitting, withdrawing, self-assessment."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Application
from accreditation.services import cycles
from accreditation.states import ENDED, RETURNED, WITHDRAWABLE, State
from tests import factories
from tests.accreditation.applicant.pages import (
    STRANGERS,
    address,
    applicant,
    errors,
    signed_in,
    stranger,
    title,
)
from tests.page import parse
from workflows.actors import SYSTEM

pytestmark = pytest.mark.django_db

OWN_PAGES = [
    ("application", ()),
    ("application-step", ("team",)),
    ("application-assessment", ()),
    ("application-check", ()),
    ("application-withdraw", ()),
    ("revision", (1,)),
]


@pytest.fixture
def open_now(monkeypatch):
    """The pages look at the clock: let it stand inside the cycle."""
    at = factories.AT + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: at)
    return at


def text_of(page) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_of_thirty_asks_as_many_questions_as_one_of_one(django_assert_num_queries, open_now):
    who = factories.cast()
    factories.draft(leader_name="王金山")
    client = signed_in(who.applicant)
    client.get(reverse("applications"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("applications"))
    for number in range(30):
        factories.draft(leader_name=f"张毅{number}")
    with django_assert_num_queries(len(asked)):
        page = client.get(reverse("applications"))
    assert (page.content.decode().count("<tr>"), page.context["page"].paginator.num_pages) == (31, 2)


def test_the_list_finds_a_studio_or_a_number(open_now):
    who = factories.cast()
    factories.draft(leader_name="王金山")
    found = factories.application_in(State.ENTERPRISE_REVIEW, leader_name="张毅")
    client = signed_in(who.applicant)
    for words in ("张毅", found.number):
        rows = client.get(reverse("applications"), {"q": words}).context["rows"]
        assert [row["application"].pk for row in rows] == [found.pk]
    assert "没有找到" in text_of(client.get(reverse("applications"), {"q": "米钰林"}))


def test_an_empty_list_says_what_to_do_next(open_now):
    who = factories.cast()
    page = signed_in(who.applicant).get(reverse("applications"))
    assert "还没有申报" in text_of(page)
    assert reverse("application-new") in page.content.decode()
    assert "没有申报权限" in text_of(signed_in(who.union_decider).get(reverse("applications")))


def test_the_list_holds_the_applications_of_every_office_that_one_applies_for(open_now):
    who, other = factories.cast(), factories.cast("other")
    factories.draft(who.enterprise, "王金山")
    factories.draft(other.enterprise, "张毅")
    factories.member(other.enterprise, "apply", username="applicant")
    rows = signed_in(who.applicant).get(reverse("applications")).context["rows"]
    assert {row["application"].enterprise for row in rows} == {who.enterprise, other.enterprise}


# ── Beginning ────────────────────────────────────────────────────────────────────────────────────────────


def begin(who, **given):
    return signed_in(who.applicant).post(
        reverse("application-new"),
        {"enterprise": who.enterprise.code, "cycle": who.cycle.code, "leader_name": "王金山"} | given,
    )


def test_an_application_is_begun_and_its_page_follows(open_now):
    answer = begin(factories.cast())
    assert answer.url == address("application", Application.objects.get())


def test_a_second_one_of_the_same_studio_is_refused_and_leads_to_the_first(open_now):
    who = factories.cast()
    begin(who)
    answer = begin(who)
    page = answer.content.decode()
    assert (answer.status_code, title(page)) == (422, "有误：新的申报")
    assert errors(page) == [("id_leader_name", "王金山劳模创新工作室本批次已有一份申报")]
    assert address("application", Application.objects.get()) in page


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"leader_name": " "}, ("id_leader_name", "填写领军人物姓名")),
        ({"cycle": "1999"}, ("id_cycle_0", "选择一个正在受理的批次")),
        (
            {"leader_name": "张\U00030edd"},
            ("id_leader_name", "证书字库没有“\U00030edd”字，无法制证，请与市总工会联系"),
        ),
    ],
)
def test_what_is_wrong_with_a_beginning_is_told(given, message, open_now):
    answer = begin(factories.cast(), **given)
    assert (answer.status_code, errors(answer.content.decode())) == (422, [message])


def test_nobody_begins_for_another_enterprise(open_now):
    who, other = factories.cast(), factories.cast("other")
    answer = begin(who, enterprise=other.enterprise.code)
    assert (answer.status_code, Application.objects.count()) == (422, 0)


def test_without_an_open_cycle_the_page_says_when_the_next_one_opens(monkeypatch):
    who = factories.cast()
    before = who.cycle.opens_at - timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: before)
    assert "2026年度批次自2026年7月1日00:00起受理。" in text_of(
        signed_in(who.applicant).get(reverse("application-new"))
    )


# ── One application ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_page_that_says_how_far_it_is(state, open_now):
    application = factories.application_in(state)
    page = applicant(application).get(address("application", application))
    standing = [stage.standing for stage in page.context["rail"]]
    assert page.status_code == 200
    if state == State.NAMED:
        assert standing == ["done"] * 6
    else:
        current = {**dict.fromkeys(RETURNED, "back"), **dict.fromkeys(ENDED, "stopped")}.get(state, "now")
        place = standing.index(current)
        assert standing == ["done"] * place + [current] + ["ahead"] * (5 - place)


def test_a_draft_says_first_what_is_missing_with_links_to_the_fields(open_now):
    application = factories.complete_draft(members=[], files=("honour", "site", "rules"))
    page = applicant(application).get(address("application", application)).content.decode()
    box = page[page.index("还不能提交，缺2项") :]
    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', box)[:2] == [
        (
            address("application-step", application, "team") + "#members",
            "配好创新团队：除领军人物外至少3名成员，现有0名",
        ),
        (
            address("application-step", application, "topics") + "#evidence-registration",
            "定好创新课题：没有立项书",
        ),
    ]


def test_a_returned_one_gives_reason_steps_days_and_the_promise_that_it_goes_straight_back(open_now):
    who = factories.cast()
    application = factories.application_in(State.DISTRICT_REVIEW)
    factories.review.send_back(
        application, by=who.district_reviewer, at=application.state_since + factories.STEP,
        expected_version=application.version, reason="工作室成立于2014年，请更正。", steps=["studio"],
    )  # fmt: skip
    page = applicant(application).get(address("application", application))
    words = text_of(page)
    assert "工作室成立于2014年，请更正。" in words
    assert "补正后直接回到渝北区总工会，不必重新经过前面各级。" in words
    assert "在9月15日24:00前补正" in words
    assert "还有 9 个工作日" in words
    assert address("application-step", application, "studio") in page.content.decode()


def test_the_applicant_reads_no_expert_and_no_mark(open_now):
    application = factories.application_in(State.NAMED)
    words = text_of(applicant(application).get(address("application", application)))
    assert [expert.name for expert in factories.cast().experts if expert.name in words] == []
    assert "评分卡" not in words
    assert str(application.total) not in words


def test_the_history_is_told_from_its_end_without_claims_scores_and_proofs(open_now):
    application = factories.application_in(State.NAMED)
    page = applicant(application).get(address("application", application))
    told = [(entry.action, entry.cards) for entry in page.context["entries"]]
    actions = ["name_studio", "end_notice", "publish", "approve", "conclude", "convene"]
    actions += ["recommend", "recommend", "submit", "start"]
    assert told == [(action, ()) for action in actions]
    assert "w-proof" not in page.content.decode()


def test_a_revision_is_shown_as_it_was_frozen(open_now):
    application = factories.application_in(State.RETURNED_BY_DISTRICT)
    Application.objects.filter(pk=application.pk).update(address="新的地址")
    words = text_of(applicant(application).get(address("revision", application, 1)))
    assert "渝北区回兴街道1号" in words
    assert "新的地址" not in words
    assert application.revisions.get().sha256 in words


def test_the_check_page_shows_every_answer(open_now):
    application = factories.complete_draft()
    page = applicant(application).get(address("application-check", application))
    words = text_of(page)
    for answer in (
        "2000余人",
        "320㎡",
        "60余万元",
        "2014年5月",
        "全国劳动模范",
        "上千",
        "成员9",
        "honour.pdf",
        "非公企业",
    ):
        assert answer in words
    assert 'class="btn btn-seal"' in page.content.decode()


def test_the_self_assessment_shows_its_working_and_what_would_earn_more(open_now):
    application = factories.complete_draft(members=factories.ROWS["members"][:5])
    words = text_of(applicant(application).get(address("application-assessment", application)))
    assert "5人，计4分；满10人计5分" in words
    assert "再有5名成员可得5分" in words
    assert "2014年5月成立，已满12年" in words


# ── Submitting and withdrawing ───────────────────────────────────────────────────────────────────────────


def submit(application, version=None):
    data = {"version": application.version if version is None else version, "edits": application.edits}
    return applicant(application).post(address("application-submit", application), data)


def test_a_complete_form_is_submitted_and_the_page_says_who_has_it(open_now):
    application = factories.complete_draft()
    client = applicant(application)
    answer = client.post(
        address("application-submit", application), {"version": 0, "edits": application.edits}
    )
    assert (answer.url, factories.fresh(application).state) == (
        address("application", application),
        "enterprise_review",
    )
    assert "已提交王金山劳模创新工作室 现在由金山科技工会办理。" in text_of(client.get(answer.url))


def test_an_incomplete_form_is_refused_with_everything_that_is_missing(open_now):
    application = factories.complete_draft(area=None, files=("honour", "site", "rules"))
    answer = submit(application)
    page = answer.content.decode()
    assert (answer.status_code, title(page), factories.fresh(application).state) == (
        422,
        "有误：核对并提交",
        "draft",
    )
    box = page[page.index("还不能提交，缺2项") :]
    assert re.findall(r'<a href="([^"]*)">([^<]*)</a>', box)[:2] == [
        (address("application-step", application, "studio") + "#id_area", "工作室概况：填写使用面积"),
        (
            address("application-step", application, "topics") + "#evidence-registration",
            "定好创新课题：没有立项书",
        ),
    ]


def test_after_the_cycle_has_closed_nothing_is_submitted(monkeypatch):
    application = factories.complete_draft()
    after = application.cycle.closes_at
    monkeypatch.setattr(timezone, "now", lambda: after)
    answer = submit(application)
    assert answer.status_code == 422
    assert "本批次已于截止时间停止受理，逾期不予受理。" in text_of(answer)
    words = text_of(applicant(application).get(address("application", application)))
    assert ("本批次已经停止受理" in words, "可以提交了" in words) == (True, False)


def test_a_second_click_submits_nothing_twice(open_now):
    application = factories.complete_draft()
    assert (submit(application).status_code, submit(application).status_code) == (302, 409)
    assert application.revisions.count() == 1


@pytest.mark.parametrize("state", RETURNED)
def test_a_returned_one_goes_straight_back_to_the_level_that_returned_it(state, open_now):
    application = factories.application_in(state)
    before = {
        "returned_by_enterprise": "enterprise_review",
        "returned_by_district": "district_review",
        "returned_by_city": "city_intake",
    }
    submit(application)
    assert (factories.fresh(application).state, application.revisions.count()) == (before[state], 2)


@pytest.mark.parametrize("state", WITHDRAWABLE)
def test_it_can_be_withdrawn_until_it_is_named(state, open_now):
    application = factories.application_in(state)
    client = applicant(application)
    assert client.get(address("application-withdraw", application)).status_code == 200
    data = {"version": application.version, "reason": "材料需要重新整理。"}
    assert client.post(address("application-withdraw", application), data).status_code == 302
    assert factories.fresh(application).state == "withdrawn"


def test_withdrawing_what_others_have_read_needs_a_reason(open_now):
    application = factories.application_in(State.DISTRICT_REVIEW)
    client, place = applicant(application), address("application-withdraw", application)
    answer = client.post(place, {"version": application.version, "reason": " "})
    assert (answer.status_code, errors(answer.content.decode())) == (422, [("id_reason", "写明理由")])
    stale = client.post(place, {"version": 0, "reason": "材料需要重新整理。"})
    assert (stale.status_code, "材料需要重新整理。" in text_of(stale)) == (409, True)


def test_a_named_studio_shows_when_it_was_named_not_what_became_of_its_certificate():
    application = factories.application_in(State.NAMED)
    page = parse(applicant(application).get(address("application", application)))
    assert page.all(".w-rail li")[-1].words.split()[-1] == "命名"


def test_a_draft_is_discarded_and_never_called_withdrawn():
    application = factories.draft()
    page = parse(applicant(application).get(address("application-withdraw", application)))
    assert [one.words for one in page.all("main .btn")] == ["放弃草稿", "不放弃"]
    assert "撤回" not in page.one("main").words


# ── Who sees what ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize(("name", "more"), OWN_PAGES)
def test_another_organisations_application_is_not_there(who, name, more, open_now):
    application = factories.application_in(State.RETURNED_BY_DISTRICT)
    client = stranger(who)
    assert client.get(address(name, application, *more)).status_code == 404


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("name", ["application-submit", "application-withdraw"])
def test_nobody_acts_on_another_organisations_application(who, name, open_now):
    application = factories.complete_draft()
    answer = stranger(who).post(address(name, application), {"version": 0, "reason": "。"})
    assert (answer.status_code, factories.fresh(application).state) == (404, "draft")


@pytest.mark.parametrize(("name", "more"), OWN_PAGES)
def test_a_visitor_is_led_to_sign_in(name, more, client, open_now):
    application = factories.draft()
    place = address(name, application, *more)
    assert client.get(place).url == f"{reverse('login')}?next={place}"


def test_a_taken_grant_closes_the_pages_at_once(open_now):
    who, application = factories.cast(), factories.draft()
    client = signed_in(who.applicant)
    assert client.get(address("application", application)).status_code == 200
    factories.offices.set_grants(who.enterprise, who.applicant, set(), by=SYSTEM, at=open_now)
    assert client.get(address("application", application)).status_code == 404


def test_another_cycle_is_told_among_the_earlier_applications(open_now):
    who = factories.cast()
    first = factories.application_in(State.REJECTED)
    later = cycles.open_cycle(
        city=who.city, code="2026-2", level="district", rubric=factories.rubric_row(), by=SYSTEM, at=factories.AT,
        title="2026年度区县级批次", opens_at=factories.AT, closes_at=factories.AT + timedelta(days=30),
    )  # fmt: skip
    draft = factories.applications.start_draft(
        cycle=later, enterprise=who.enterprise, leader_name="王金山", by=who.applicant, at=open_now
    )
    page = applicant(draft).get(address("application", draft))
    assert [other.pk for other in page.context["earlier"]] == [first.pk]


def test_what_a_colleague_changed_after_the_check_is_not_submitted() -> None:
    application = factories.complete_draft()
    seen = application.edits
    Application.objects.filter(pk=application.pk).update(edits=seen + 1)

    answer = signed_in(factories.cast().applicant).post(
        address("application-submit", application), {"version": 0, "edits": seen}
    )

    assert (answer.status_code, answer["Location"]) == (302, address("application-check", application))
    assert factories.fresh(application).state == "draft"
