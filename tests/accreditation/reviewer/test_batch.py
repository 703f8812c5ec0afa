"""批量: a page that shows exactly what will happen, then each for itself; nothing is lost when one fails."""

import logging
from collections.abc import Sequence
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Application, Quota
from accreditation.queries.desk import desk_of
from accreditation.scope import offices_of
from accreditation.services import batch, panel, review, tasks
from accreditation.services.batch import Item, carry_out
from accreditation.services.batch_preview import preview
from accreditation.services.recusals import recuse
from accreditation.services.substitutions import substitute
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.signers import colleagues, opened
from tests.crowd import applications_in
from tests.page import parse
from workflows.models import Event
from workflows.refusals import Stale

pytestmark = pytest.mark.django_db
BATCH = "/desk/batch/"


@pytest.fixture
def three():
    return [
        make.application_in(State.DISTRICT_REVIEW, leader_name=name) for name in ("王金山", "张毅", "周亚平")
    ]


@pytest.fixture
def decider():
    return make.cast().district_decider


def get(client, decision: str, applications: Sequence[Application]):
    picks = [str(one.public_id) for one in applications]
    return client.get(BATCH, {"decision": decision, "applications": picks})


def sent(decision: str, applications: Sequence[Application], reason: str = "符合条件。", **own: str):
    """What the preview's form sends for these applications."""
    picks = [f"{one.public_id}:{one.version}" for one in applications]
    said = {"decision": decision, "applications": picks, "reason": reason, "act": "sign"}
    return said | {f"reason-{key}": words for key, words in own.items()}


def possible(response) -> list[str]:
    return [line.application.studio.leader_name for line, _reason, _value in response.context["rows"]]


def refused(response) -> dict[str, str]:
    return {line.application.studio.leader_name: line.why for line in response.context["refused"]}


def done(response) -> list[str]:
    return [row["application"].studio.leader_name for row in response.context["done"]]


def undone(response) -> dict[str, str]:
    return {row["application"].studio.leader_name: row["title"] for row in response.context["again"]}


def states(applications: Sequence[Application]) -> list[str]:
    return [make.fresh(one).state for one in applications]


# ── The preview ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_shows_from_where_to_where_and_writes_nothing(signed_in, three, decider):
    before = Event.objects.count()
    response = get(signed_in(decider), "recommend", three)
    lines = [
        (line.application.state, line.target, line.onward.code) for line, _r, _v in response.context["rows"]
    ]
    assert lines == [("district_review", "city_intake", "CQ")] * 3
    assert Event.objects.count() == before
    page = parse(response)
    assert [one["value"] for one in page.all("tbody input[type=checkbox]")] == [
        f"{one.public_id}:{one.version}" for one in three
    ]


def test_the_places_of_the_quota_are_counted_along_the_batch(signed_in, three, decider):
    Quota.objects.update(places=2)
    response = get(signed_in(decider), "recommend", three)
    assert possible(response) == ["王金山", "张毅"]
    assert [line.place for line, _r, _v in response.context["rows"]] == [(1, 2), (2, 2)]
    assert refused(response) == {"周亚平": "名额2，已推荐0，本次在前面的2件，再推荐1件将超出1件。"}


def test_the_preview_says_who_holds_it_what_it_waits_for_and_who_must_keep_out(signed_in, three, decider):
    held, waiting, own = three
    tasks.claim(held, by=make.user("district_reviewer"), at=NOW)
    tasks.claim(waiting, by=decider, at=NOW)
    tasks.delegate(waiting, by=decider, to=make.user("district_reviewer"), at=NOW, question="设备是否属实？")
    recuse(own, by=decider, at=NOW, reason="亲属在该单位。")
    response = get(signed_in(decider), "recommend", three)
    assert refused(response) == {
        "王金山": "由姓名district_reviewer持有。",
        "张毅": "等待委派意见。",
        "周亚平": "您已对这一件回避。",
    }
    assert "没有一件可以这样办理" in response.content.decode()


def test_a_decision_below_the_pass_lines_is_refused_beforehand_with_the_points(signed_in):
    who = make.cast()
    application = make.application_in(State.PANEL_SCORING)
    nothing = dict.fromkeys(make.full_marks(), Decimal(0))
    for one in who.experts:
        panel.score(
            application, by=one, at=NOW, expected_version=application.version,
            judged=nothing, comments=dict.fromkeys(nothing, "没有材料。"),
        )  # fmt: skip
    panel.conclude(application, by=who.city_decider, at=NOW, expected_version=application.version)
    application = make.fresh(application)
    client = signed_in(who.city_decider)
    response = get(client, "approve", [application])
    assert possible(response) == []
    assert refused(response)["王金山"].startswith(f"总分{application.total}，未达")
    assert undone(client.post(BATCH, sent("approve", [application]))) == {"王金山": "还不能办理"}


def test_only_those_are_decided_for_which_the_decision_exists(signed_in):
    intake = make.application_in(State.CITY_INTAKE, leader_name="张毅")
    decision = make.application_in(State.CITY_DECISION, leader_name="周亚平")
    named = make.application_in(State.NAMED, leader_name="王金山")
    response = get(signed_in(make.user("city_decider")), "approve", [intake, decision, named])
    assert possible(response) == ["周亚平"]
    assert refused(response) == dict.fromkeys(("张毅", "王金山"), "现在的环节没有这个决定。")


def test_another_districts_applications_are_not_named_and_not_decided(signed_in, three, decider):
    other = make.application_in(State.DISTRICT_REVIEW, who=make.cast("other"), leader_name="张永忠")
    client = signed_in(decider)
    response = get(client, "recommend", [three[0], other])
    assert possible(response) == ["王金山"]
    assert "张永忠" not in response.content.decode()
    assert response.context["missing"] == 1
    answer = client.post(BATCH, sent("recommend", [three[0], other]))
    assert (done(answer), undone(answer)) == (["王金山"], {})
    assert make.fresh(other).state == State.DISTRICT_REVIEW


TRIED = [
    ("recommend", State.DISTRICT_REVIEW, "district_decider"),
    ("recommend", State.DISTRICT_REVIEW, "district_reviewer"),
    ("send_back", State.DISTRICT_REVIEW, "district_reviewer"),
    ("reject", State.ENTERPRISE_REVIEW, "union_reviewer"),
    ("reject", State.ENTERPRISE_REVIEW, "union_decider"),
    ("recommend", State.ENTERPRISE_REVIEW, "union_decider"),
    ("approve", State.CITY_DECISION, "city_decider"),
    ("reject", State.LISTED, "city_decider"),
    ("approve", State.LISTED, "city_decider"),
    ("send_back", State.PANEL_SCORING, "city_decider"),
    ("claim", State.CITY_INTAKE, "city_decider"),
    ("release", State.DISTRICT_REVIEW, "district_decider"),
    ("recommend", State.CITY_INTAKE, "district_decider"),
    ("claim", State.PUBLIC_NOTICE, "city_decider"),
]
STANDINGS = ("free", "held", "mine", "recused", "full")
NOT_THEIRS = {
    ("recommend", State.CITY_INTAKE, "district_decider"),
    ("claim", State.PUBLIC_NOTICE, "city_decider"),
}
"""Where there is no work of theirs that somebody could keep out of."""


@pytest.mark.parametrize(
    ("decision", "state", "role", "standing"),
    [
        (*tried, standing)
        for tried in TRIED
        for standing in STANDINGS
        if standing != "recused" or tried not in NOT_THEIRS
    ],
)
def test_the_preview_promises_what_the_decision_does(decision, state, role, standing):
    application, user = make.application_in(state), make.user(role)
    level = role.partition("_")[0]
    if standing in {"held", "mine"} and state in {State.DISTRICT_REVIEW, State.ENTERPRISE_REVIEW}:
        other = "reviewer" if role.endswith("decider") else "decider"
        tasks.claim(application, by=user if standing == "mine" else make.user(f"{level}_{other}"), at=NOW)
    if standing == "recused":
        recuse(application, by=user, at=NOW, reason="亲属在该单位。")
    if standing == "full":
        Quota.objects.update(places=Quota.objects.get().used)
    application = make.fresh(application)
    (line,) = preview(decision, [application], desk_of(user, offices_of(user), NOW))
    ((_item, came),) = carry_out(
        decision, [Item(application, application.version, "意见。")], by=user, at=NOW
    )
    if decision == "claim" and standing == "mine":
        return  # claiming twice changes nothing, and the preview says so
    if decision == "release" and standing in {"free", "full"}:
        return  # neither does giving back what nobody holds
    assert (line.is_possible, came.done) == (came.done, line.is_possible), (line.why, came.refusal)
    if came.done and line.target:
        assert make.fresh(application).state == line.target


def test_nothing_picked_and_too_much_picked_say_so(signed_in, decider, monkeypatch, three):
    client = signed_in(decider)
    assert "没有选取" in client.get(BATCH).content.decode()
    assert client.post(BATCH, {"decision": "recommend"}).status_code == 422
    assert client.get(BATCH, {"decision": "explode", "applications": "x"}).status_code == 422
    monkeypatch.setattr("accreditation.forms.batch.MOST", 2)
    response = get(client, "recommend", three)
    assert (response.status_code, "选了3件" in response.content.decode()) == (422, True)


def test_nobody_but_reviewers_has_the_page(signed_in, three):
    client = signed_in(make.user("applicant"))
    assert get(client, "recommend", three).status_code == 404
    assert client.post(BATCH, sent("recommend", three)).status_code == 404


# ── The decision ─────────────────────────────────────────────────────────────────────────────────────────


def test_each_is_decided_with_its_own_event_and_its_own_reason(signed_in, three, decider):
    own = {str(three[1].public_id): "另有专利28项。"}
    response = signed_in(decider).post(BATCH, sent("recommend", three, **own))
    assert (done(response), undone(response)) == (["王金山", "张毅", "周亚平"], {})
    assert states(three) == [State.CITY_INTAKE] * 3
    events = [Event.objects.filter(stream=one.stream, action="recommend").last() for one in three]
    assert [(event.actor, event.office, event.role) for event in events] == [
        (decider, make.cast().district, "decide")
    ] * 3
    assert ["另有专利" in event.payload.content for event in events] == [False, True, False]


def test_a_reason_is_asked_for_and_what_was_typed_stays(signed_in, three, decider):
    client = signed_in(decider)
    response = client.post(BATCH, sent("reject", three, reason=" "))
    assert (response.status_code, response.context["form"].errors["reason"]) == (422, ["写明理由"])
    own = {str(three[0].public_id): "不符合条件。"}
    response = client.post(BATCH, sent("reject", three, reason="", **own))
    page = parse(response)
    assert page.one(f"#id_reason-{three[0].public_id}").words == "不符合条件。"
    assert len(page.all(".w-errors a")) == 2
    assert states(three) == [State.DISTRICT_REVIEW] * 3


def test_what_somebody_else_did_meanwhile_is_one_refusal_with_who_and_when(signed_in, three, decider):
    seen = sent("reject", three, reason="不符合条件。")
    moved = three[1]
    review.send_back(
        moved, by=make.user("district_reviewer"), at=NOW, expected_version=moved.version, reason="请补正。"
    )
    response = signed_in(decider).post(BATCH, seen)
    assert done(response) == ["王金山", "周亚平"]
    assert undone(response) == {"张毅": "这一件已由姓名district_reviewer于9月2日12:00退回补正"}
    assert states(three) == [State.REJECTED, State.RETURNED_BY_DISTRICT, State.REJECTED]


def test_over_the_quota_the_last_one_is_refused_and_can_be_picked_again(signed_in, three, decider):
    Quota.objects.update(places=2)
    client = signed_in(decider)
    response = client.post(BATCH, sent("recommend", three))
    assert (done(response), list(undone(response))) == (["王金山", "张毅"], ["周亚平"])
    Quota.objects.update(places=3)
    form = parse(response).one("main form")
    data = {
        "decision": form.one("[name=decision]")["value"],
        "applications": [one["value"] for one in form.all("[name=applications]")],
        "reason": form.one("[name=reason]")["value"],
    }
    again = client.post(BATCH, data)
    assert (again.status_code, possible(again)) == (200, ["周亚平"])
    assert parse(again).one("#id_reason").words == "符合条件。"


def test_an_error_in_one_is_logged_and_the_others_go_on(signed_in, three, decider, monkeypatch, caplog):
    real = batch.DECISIONS["recommend"]

    def breaks_once(application, **said):
        if application.pk == three[0].pk:
            raise RuntimeError("the disk is full")
        return real(application, **said)

    monkeypatch.setitem(batch.DECISIONS, "recommend", breaks_once)
    with caplog.at_level(logging.ERROR):
        response = signed_in(decider).post(BATCH, sent("recommend", three))
    assert done(response) == ["张毅", "周亚平"]
    assert undone(response) == {"王金山": "出了故障，没有写入"}
    assert str(three[0].public_id) in caplog.text


def test_the_same_form_sent_twice_does_nothing_twice(signed_in, three, decider):
    client, said = signed_in(decider), sent("recommend", three)
    client.post(BATCH, said)
    count, used = Event.objects.count(), Quota.objects.get().used
    response = client.post(BATCH, said)
    assert (done(response), undone(response)) == (["王金山", "张毅", "周亚平"], {})
    assert "这一件您已于9月2日12:00推荐；已经写入一次，重复的提交没有写入。" in response.content.decode()
    assert (Event.objects.count(), Quota.objects.get().used) == (count, used)


def test_without_a_version_nothing_is_signed(signed_in, three, decider):
    said = sent("recommend", three) | {"applications": [str(one.public_id) for one in three]}
    response = signed_in(decider).post(BATCH, said)
    assert (done(response), len(undone(response))) == ([], 3)


def test_a_revoked_grant_stops_a_batch_that_is_on_the_screen(signed_in, three, decider):
    said = sent("recommend", three)
    make.member(make.cast().district, "review", username="district_decider")
    response = signed_in(decider).post(BATCH, said)
    assert undone(response) == dict.fromkeys(("王金山", "张毅", "周亚平"), "不能由您办理")
    assert states(three) == [State.DISTRICT_REVIEW] * 3


def test_works_are_claimed_and_given_back_together(signed_in, three, decider):
    client = signed_in(decider)
    assert "单独的理由" not in get(client, "claim", three).content.decode()
    assert len(done(client.post(BATCH, sent("claim", three, reason="")))) == 3
    assert {one.tasks.get(closed_at=None).assignee for one in three} == {decider}
    assert refused(get(client, "claim", three)) == dict.fromkeys(
        ("王金山", "张毅", "周亚平"), "已经在您手中。"
    )
    assert len(done(client.post(BATCH, sent("release", three, reason="")))) == 3
    assert {one.tasks.get(closed_at=None).assignee for one in three} == {None}


def test_what_moved_on_is_not_claimed_as_what_it_was(signed_in):
    application = make.application_in(State.CITY_INTAKE)
    application.version -= 1
    response = signed_in(make.user("city_decider")).post(BATCH, sent("claim", [application], reason=""))
    assert undone(response) == {"王金山": "这一件已经进入其他环节"}


def test_a_substitute_decides_for_whom_they_stand_in(signed_in, three, decider):
    standing_in = make.user("district_reviewer")
    substitute(
        make.cast().district, principal=decider, substitute=standing_in, by=decider, at=NOW,
        starts_on=NOW.date(), ends_on=NOW.date(),
    )  # fmt: skip
    client = signed_in(standing_in)
    tasks.claim(three[0], by=decider, at=NOW)
    assert possible(get(client, "recommend", three)) == ["王金山", "张毅", "周亚平"]
    response = client.post(BATCH, sent("recommend", three))
    assert (done(response), undone(response)) == (["王金山", "张毅", "周亚平"], {})
    event = Event.objects.filter(stream=three[0].stream, action="recommend").latest("sequence")
    assert (event.actor, f"user/{decider.public_id}" in event.body) == (standing_in, True)


def test_a_planned_round_of_signatures_takes_the_decision_as_its_proposal(signed_in, three, decider):
    opened(three[0], colleagues(1), placement="after")
    client = signed_in(decider)
    assert "先由会签人签署，通过后生效" in get(client, "recommend", three[:1]).content.decode()
    response = client.post(BATCH, sent("recommend", three[:1]))
    assert (done(response), states(three[:1])) == (["王金山"], [State.DISTRICT_REVIEW])
    assert "已报请会签" in response.content.decode()


def test_the_preview_costs_the_same_at_1_and_at_30_rows(signed_in, decider):
    client = signed_in(decider)
    applications = [make.application_in(State.DISTRICT_REVIEW, leader_name="王0")]

    def cost():
        get(client, "recommend", applications)
        with CaptureQueriesContext(connection) as caught:
            response = get(client, "recommend", applications)
        assert len(possible(response)) == len(applications)
        return len(caught)

    one = cost()
    applications += applications_in(State.DISTRICT_REVIEW, [f"王{n}" for n in range(1, 30)])
    assert cost() == one


def test_a_batch_is_no_larger_than_one_person_can_have_read(three, decider, monkeypatch):
    monkeypatch.setattr(batch, "MOST", 2)
    with pytest.raises(ValueError, match="more than 2"):
        carry_out("recommend", [Item(one, one.version, "同意。") for one in three], by=decider, at=NOW)


def test_a_refusal_of_one_kind_is_kept_with_its_item(three, decider):
    (came,) = [
        came for _item, came in carry_out("reject", [Item(three[0], 99, "不符。")], by=decider, at=NOW)
    ]
    assert isinstance(came.refusal, Stale)
