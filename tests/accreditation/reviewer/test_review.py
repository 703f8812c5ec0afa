"""The review page and its acts: claim, decide; what is refused, and in which words."""

import html
import re
from datetime import timedelta

import pytest

from accreditation.models import Evidence, Quota
from accreditation.services import offices, panel, review, tasks
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from workflows.actors import SYSTEM
from workflows.models import Event

pytestmark = pytest.mark.django_db
REASON = "请补交成立文件，原件盖章。"
CITY_RETURNS = ("send_back", "return_to_district", "return_to_enterprise")


def text(response):
    """The page as it is read: no tags, no blanks."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", response.content.decode())))


def page(application, act=""):
    return f"/review/{application.public_id}/{act}"


def decision(application, decision="send_back", **changes):
    return {"version": application.version, "decision": decision, "reason": REASON} | changes


def acts(application):
    return list(
        Event.objects.filter(stream=application.stream).order_by("sequence").values_list("action", flat=True)
    )


def offered(response):
    form = response.context["form"]
    return list(form.decisions) if form else []


@pytest.mark.parametrize(
    ("state", "user", "decisions"),
    [
        (State.ENTERPRISE_REVIEW, "union_decider", ["recommend", "send_back", "reject"]),
        (State.ENTERPRISE_REVIEW, "union_reviewer", ["send_back"]),
        (
            State.DISTRICT_REVIEW,
            "district_decider",
            ["recommend", "send_back", "return_to_enterprise", "reject"],
        ),
        (State.DISTRICT_REVIEW, "district_reviewer", ["send_back", "return_to_enterprise"]),
        (State.DISTRICT_REVIEW, "union_decider", []),
        (State.CITY_INTAKE, "city_decider", [*CITY_RETURNS, "reject"]),
        (State.CITY_INTAKE, "district_decider", []),
        (State.PANEL_SCORING, "city_decider", ["send_back"]),
        (State.PANEL_SCORING, "expert1", []),
        (State.CITY_DECISION, "city_decider", ["approve", *CITY_RETURNS, "reject"]),
        (State.CITY_DECISION, "expert1", []),
        (State.LISTED, "city_decider", [*CITY_RETURNS, "reject"]),
        (State.PUBLIC_NOTICE, "city_decider", []),
        (State.OBJECTION, "city_decider", []),
        (State.RETURNED_BY_DISTRICT, "district_decider", []),
        (State.NAMED, "city_decider", []),
    ],
)
def test_the_page_offers_the_decisions_of_the_state_and_of_the_grant(signed_in, state, user, decisions):
    application = make.application_in(state)
    response = signed_in(make.user(user)).get(page(application))
    assert (response.status_code, offered(response)) == (200, decisions)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.CITY_INTAKE, "组成专家组"),
        (State.PANEL_SCORING, "看专家组，结束评分"),
        (State.LISTED, "去公示"),
        (State.OBJECTION, "处理异议"),
        (State.NOTICE_ENDED, "去命名"),
    ],
)
def test_the_city_is_led_to_the_acts_that_have_their_own_pages(signed_in, state, words):
    application = make.application_in(state)
    response = signed_in(make.user("city_decider")).get(page(application))
    assert [way.word for way in response.context["ways"]] == [words]
    assert [
        way.word for way in signed_in(make.user("union_decider")).get(page(application)).context["ways"]
    ] == []


def test_the_material_is_the_frozen_revision_not_the_form_as_it_is_now(signed_in):
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    application.statement = "改过的职能"
    application.save(update_fields=["statement"])
    Evidence.objects.filter(application=application, kind="site").update(removed_at=NOW)
    response = signed_in(make.user("district_reviewer")).get(page(application))
    assert "攻关、带徒、交流。" in response.content.decode()
    assert "改过的职能" not in response.content.decode()
    assert "site.pdf" in response.content.decode()


def test_gates_and_computed_marks_stand_with_their_working(signed_in):
    application = make.application_in(
        State.DISTRICT_REVIEW,
        founded="2025-01",
        members=[
            {"name": f"成员{n}", "trade": "钳工", "education": "大专", "birth_year": 1980} for n in range(5)
        ],
    )
    response = signed_in(make.user("district_reviewer")).get(page(application))
    assert response.context["failed_gates"] == 1
    assert "1项不符" in text(response)
    assert "5人，计4分；满10人计5分4/5" in text(response)


def test_earlier_opinions_stand_beside_the_decision_latest_first(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    response = signed_in(make.user("city_decider")).get(page(application))
    assert [(one.office, one.said, one.revision) for one in response.context["opinions"]] == [
        ("渝北区总工会", "符合条件。", 1),
        ("金山科技工会", "符合条件。", 1),
    ]


def test_a_decision_is_written_once_and_leads_to_the_next_item(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    following = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    client = signed_in(make.user("district_decider"))
    response = client.post(
        page(application, "decide/"), decision(application, steps=["topics", "mechanism"]), follow=True
    )
    assert response.redirect_chain == [("/desk/", 302)]
    assert "已退回王金山劳模创新工作室申报单位可看到您的理由。拿回下一件：张毅劳模创新工作室" in text(
        response
    )
    assert page(following) in response.content.decode()
    assert make.fresh(application).state == State.RETURNED_BY_DISTRICT
    told = Event.objects.get(stream=application.stream, action="send_back")
    assert '"steps":["topics","mechanism"]' in told.body


@pytest.mark.parametrize(
    ("state", "user", "choice", "after"),
    [
        (State.ENTERPRISE_REVIEW, "union_decider", "recommend", State.DISTRICT_REVIEW),
        (State.ENTERPRISE_REVIEW, "union_decider", "reject", State.REJECTED),
        (State.DISTRICT_REVIEW, "district_decider", "recommend", State.CITY_INTAKE),
        (State.CITY_INTAKE, "city_decider", "send_back", State.RETURNED_BY_CITY),
        (State.CITY_DECISION, "city_decider", "approve", State.LISTED),
    ],
)
def test_each_decision_leads_where_the_process_says(signed_in, state, user, choice, after):
    application = make.application_in(state)
    response = signed_in(make.user(user)).post(page(application, "decide/"), decision(application, choice))
    assert (response.status_code, make.fresh(application).state) == (302, after)


def test_a_double_click_does_nothing_twice_and_says_so(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_decider"))
    sent = decision(application)
    client.post(page(application, "decide/"), sent)
    again = client.post(page(application, "decide/"), sent)
    assert again.status_code == 409
    assert "这一件您已于9月2日12:00退回补正" in text(again)
    assert REASON not in text(again)
    assert acts(application)[-2:] == ["recommend", "send_back"]


def test_of_two_who_decide_at_once_the_second_reads_who_decided_and_keeps_the_reason(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    first = make.user("district_reviewer")
    review.send_back(application, by=first, at=NOW, expected_version=application.version, reason="补正。")
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), decision(application, "recommend", reason="领军人物突出。")
    )
    assert response.status_code == 409
    assert f"这一件已由{first.name}于9月2日12:00退回补正" in text(response)
    assert "您的决定没有写入。您写的理由还在下方，可以复制。" in text(response)
    assert ">领军人物突出。</textarea>" in response.content.decode()
    assert "看最新情况" in text(response)


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40])
def test_a_version_that_no_page_has_made_counts_as_out_of_date(signed_in, version):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), decision(application, version=version)
    )
    assert (response.status_code, make.fresh(application).state) == (409, State.DISTRICT_REVIEW)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"reason": "  "}, {"reason": ["写明理由"]}),
        ({"decision": ""}, {"decision": ["选择一个决定"]}),
        ({"decision": "name_studio"}, {"decision": ["选择一个决定"]}),
        ({"steps": ["x"]}, None),
    ],
)
def test_what_is_missing_stands_beside_its_field_and_what_was_typed_stays(signed_in, changes, errors):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), decision(application, **changes)
    )
    assert response.status_code == 422
    if errors:
        assert response.context["form"].errors == errors
    assert response.context["form"]["reason"].value() == changes.get("reason", REASON)
    assert make.fresh(application).state == State.DISTRICT_REVIEW


def test_a_full_quota_refuses_in_numbers_and_keeps_what_was_typed(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    Quota.objects.update(places=3, used=3)
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), decision(application, "recommend")
    )
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["名额3，已推荐3，再推荐1件将超出1件。"]
    assert response.context["form"].button == "签署并推荐"


def test_somebody_without_the_grant_cannot_decide_by_hand(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user("district_reviewer")).post(
        page(application, "decide/"), decision(application, "recommend")
    )
    assert response.status_code == 403
    assert "不能由您办理您没有办理这一环节的权限。" in text(response)
    assert REASON in text(response)


def test_a_decision_of_another_level_is_refused(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(make.user("district_decider")).post(
        page(application, "decide/"), decision(application, "approve")
    )
    assert (response.status_code, make.fresh(application).state) == (409, State.DISTRICT_REVIEW)


def test_nobody_decides_at_two_levels(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    mover = make.member(make.cast().district, "review", "decide", username="union_decider")
    offices.end_membership(make.cast().union, mover, by=SYSTEM, at=NOW)
    client = signed_in(make.user("union_decider"))
    shown = client.get(page(application))
    assert (offered(shown), shown.context["why_not"]) == (
        [],
        "您已在另一级审核过这一件，同一人不能在两级作决定。",
    )
    response = client.post(page(application, "decide/"), decision(application))
    assert response.status_code == 403
    assert "您已在另一级审核过这一件，同一人不能在两级作决定。" in text(response)


def test_another_district_gets_404_on_the_page_and_on_every_act(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    stranger = signed_in(make.cast("other").district_decider)
    assert stranger.get(page(application)).status_code == 404
    for act in ("decide/", "claim/", "release/", "score/", "score/sign/"):
        assert stranger.post(page(application, act), decision(application)).status_code == 404
    assert make.fresh(application).version == application.version


def test_applicants_and_auditors_have_no_review_page(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    auditor = make.member(make.city(), "audit")
    for user in (make.user("applicant"), auditor):
        client = signed_in(user)
        assert client.get(page(application)).status_code == 404
        assert client.post(page(application, "decide/"), decision(application)).status_code == 404


def test_a_draft_is_nobodys_but_the_applicants(signed_in):
    application = make.draft()
    assert signed_in(make.user("union_decider")).get(page(application)).status_code == 404


def test_visitors_are_led_to_the_login(client):
    application = make.application_in(State.DISTRICT_REVIEW)
    assert client.get(page(application)).status_code == 302
    assert client.post(page(application, "decide/"), decision(application)).status_code == 302


def test_acts_are_posts_only_and_a_link_to_one_leads_to_the_page(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_decider"))
    for act in ("decide/", "claim/", "release/"):
        assert client.get(page(application, act), follow=True).request["PATH_INFO"] == page(application)


def test_of_two_who_claim_the_second_reads_who_holds_it(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    first, second = make.user("district_reviewer"), make.user("district_decider")
    assert signed_in(first).post(page(application, "claim/")).status_code == 302
    response = signed_in(second).post(page(application, "claim/"))
    assert response.status_code == 409
    assert f"这一件已由{first.name}认领" in text(response)
    assert application.tasks.get(closed_at=None).assignee == first


def test_claiming_twice_is_one_claim(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_reviewer"))
    for _time in range(2):
        assert client.post(page(application, "claim/")).status_code == 302
    assert acts(application).count("claim") == 1


def test_what_somebody_else_holds_cannot_be_decided_until_it_is_released(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    holder = make.user("district_reviewer")
    tasks.claim(application, by=holder, at=NOW)
    client = signed_in(make.user("district_decider"))
    said = f"这一件由{holder.name}认领，由其办理或释放后您才能办理。"
    shown = client.get(page(application))
    assert (offered(shown), shown.context["why_not"]) == ([], said)
    response = client.post(page(application, "decide/"), decision(application))
    assert response.status_code == 403
    assert said in text(response)
    assert client.post(page(application, "release/")).status_code == 403
    assert signed_in(holder).post(page(application, "release/")).status_code == 302
    assert offered(client.get(page(application))) == [
        "recommend",
        "send_back",
        "return_to_enterprise",
        "reject",
    ]


def test_a_member_of_the_enterprise_keeps_out(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    make.member(make.cast().enterprise, username="district_decider")
    client = signed_in(make.user("district_decider"))
    assert client.get(page(application)).context["why_not"] == "这是您本单位的申报，须回避。"
    assert client.post(page(application, "claim/")).status_code == 403
    assert client.post(page(application, "decide/"), decision(application)).status_code == 403


def test_a_grant_that_was_taken_away_stops_a_page_already_open(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    client = signed_in(make.user("district_decider"))
    client.get(page(application))
    make.member(make.cast().district, username="district_decider")
    assert client.post(page(application, "decide/"), decision(application)).status_code == 404


def test_below_the_lines_approval_is_refused_with_every_line(signed_in):
    application = make.application_in(State.PANEL_SCORING)
    half = {code: points / 2 for code, points in make.full_marks().items()}
    who = make.cast()
    for one in who.experts:
        panel.score(
            application, by=one, at=NOW, expected_version=application.version, judged=half, comments={}
        )
    panel.conclude(application, by=who.city_decider, at=NOW, expected_version=application.version)
    concluded = make.fresh(application)
    response = signed_in(who.city_decider).post(page(concluded, "decide/"), decision(concluded, "approve"))
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == ["总分70.00，未达80分", "制10，未达12分"]
    assert make.fresh(concluded).state == State.CITY_DECISION


def test_the_page_says_when_the_task_is_due(signed_in, clock):
    application = make.application_in(State.DISTRICT_REVIEW)
    due = application.tasks.get(closed_at=None).due_at
    clock(due - timedelta(hours=1))
    client = signed_in(make.user("district_decider"))
    assert "到期今日" in text(client.get(page(application)))
    clock(due)
    assert "到期逾期1个工作日" in text(client.get(page(application)))


def test_a_resubmitted_application_shows_what_was_changed_since(signed_in):
    application = make.application_in(State.RETURNED_BY_DISTRICT)
    application.founded = "2013"
    application.save(update_fields=["founded"])
    application.rules.create(title="经费管理办法", order=9)
    make.attach(application, "founding", name="成立文件.pdf")
    Evidence.objects.filter(application=application, kind="site").update(removed_at=NOW)
    make.attach(application, "site", content=b"%PDF-1.4 new", name="site.pdf")
    make._submit(application, make.cast(), NOW)
    client = signed_in(make.user("district_decider"))
    comparison = client.get(page(application)).context["comparison"]
    old, new, founding = (
        Evidence.objects.filter(kind=kind, removed_at__isnull=gone).latest("pk").stored.sha256[:8]
        for kind, gone in (("site", False), ("site", True), ("founding", True))
    )
    assert [
        (step.title, change.label, change.removed, change.added)
        for step in comparison.steps
        for change in step.changes
    ] == [
        ("工作室概况", "成立时间", ["2014年5月"], ["2013年"]),
        ("设好工作职能", "场地照片", [f"site.pdf（摘要{old}）"], [f"site.pdf（摘要{new}）"]),
        ("设好工作职能", "成立文件", [], [f"成立文件.pdf（摘要{founding}）"]),
        ("建好工作机制", "制度：经费管理办法", [], ["制度名称：经费管理办法"]),
    ]
    assert client.get(f"/revisions/{application.public_id}/1/").context["comparison"] is None
