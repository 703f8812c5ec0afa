"""Searching all events: what is found is what was asked, within what may be seen, at the same cost for 1 and 30."""

import random
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from accreditation.models import Application, Finding, Organisation, User
from accreditation.queries.event_names import people_called
from accreditation.queries.event_scope import event_scope
from accreditation.queries.event_search import EventLookup, Found
from accreditation.queries.findings.panel import FAR
from accreditation.scope import offices_of, visible_applications
from accreditation.services import applications, offices, panel, tasks
from accreditation.services.event_index import catch_up
from accreditation.services.journals import evidence_read
from accreditation.services.sign_ins import sign_in_failed
from accreditation.services.sign_ins import signed_in as sign_in
from accreditation.services.substitutions import substitute
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import NOW, cost_of
from tests.page import parse
from workflows.actors import SYSTEM
from workflows.engine import record
from workflows.ledger.chain import written
from workflows.models import Event

pytestmark = pytest.mark.django_db
SEARCH = "/audit/search/"


def auditor(place: Organisation, username: str = "auditor") -> User:
    return make.member(place, "audit", username=username)


def found_by(user: User, **asked) -> list[Event]:
    """Return what somebody finds, the newest first."""
    catch_up(NOW)
    found = Found(event_scope(user, offices_of(user)), EventLookup(**asked))
    keys = [pk for places in found.everything() for _at, pk in places]
    kept = Event.objects.select_related("payload").in_bulk(keys)
    return [kept[pk] for pk in keys]


def told(response) -> list[str]:
    """Return the rows of a page: what happened, and where."""
    return [row.one(".told").words for row in parse(response).all(".w-events tbody tr")]


def a_busy_house() -> None:
    """Two branches with applications at every stage, hands changing, people coming and going, files being read."""
    other = make.cast("other")
    make.draft(leader_name="草稿人")
    dropped = make.draft(leader_name="撤回人")
    applications.withdraw(
        dropped, by=make.cast().applicant, at=make.AT + make.STEP, expected_version=dropped.version
    )
    for number, state in enumerate(
        (State.WITHDRAWN, State.NAMED, State.OBJECTION, State.RETURNED_BY_DISTRICT)
    ):
        make.application_in(state, leader_name=f"王{number}", at=make.AT + number * timedelta(minutes=7))
    make.application_in(State.PANEL_SCORING, who=other, leader_name="周亚平")
    held = make.application_in(State.DISTRICT_REVIEW, who=other, leader_name="周二")
    at = held.state_since + make.STEP
    tasks.claim(held, by=other.district_reviewer, at=at)
    tasks.transfer(held, by=other.district_reviewer, to=other.district_decider, at=at, note="重点看经费ABC。")
    evidence_read(held, by=other.district_decider, at=at, sha256="0" * 64, kind="honour", revision=1)
    substitute(
        other.district, principal=other.district_decider, substitute=other.district_reviewer,
        starts_on=at.date(), ends_on=at.date(), by=other.district_decider, at=at,
    )  # fmt: skip
    sign_in(by=other.union_reviewer, at=at, address="10.0.0.1")
    sign_in(by=make.cast().city_decider, at=at, address="10.0.0.2")
    sign_in_failed(name="nobody", at=at, address="10.0.0.3")
    both = make.member(make.cast().district, "review", username="both")
    offices.add_member(other.district, both, by=SYSTEM, at=make.AT)
    sign_in(by=both, at=at, address="10.0.0.4")


# ── What is found is what was asked ──────────────────────────────────────────────────────────────────────


def visible(user: User, event: Event) -> bool:
    """Say by the rules alone, event by event, whether an auditor of one body may see it."""
    (office,) = offices_of(user)
    kind, code = event.stream.split("/")
    if kind in {"application", "reading"}:
        return visible_applications(user).filter(public_id=code).exists()
    if kind == "organisation":
        return Organisation.objects.get(public_id=code).path.startswith(office.organisation.path)
    if office.organisation.parent is None:
        return True
    if kind in {"sign_in", "export"} and code != "unknown":
        places = User.objects.get(public_id=code).memberships.filter(started_at__lte=event.at)
        paths = [one.organisation.path for one in places if one.ended_at is None or event.at < one.ended_at]
        return bool(paths) and all(path.startswith(office.organisation.path) for path in paths)
    return event.office is not None and event.office.path.startswith(office.organisation.path)


def holds(event: Event, asked: dict) -> bool:
    """Say by reading the event whether a lookup holds for it."""
    person, office = asked.get("person"), asked.get("office")
    kind = event.stream.partition("/")[0]
    reason = event.personal.get("reason", "").lower()
    return all(
        (
            person is None
            or person.pk in {event.actor_id, event.principal_id}
            or str(person.public_id) in event.stream + str(written(event.body)["facts"]),
            office is None or asked.get("below") or event.office_id == office.pk,
            not asked.get("action") or event.action == asked["action"],
            not asked.get("kind") or kind == asked["kind"],
            asked.get("since") is None or event.at >= asked["since"],
            asked.get("until") is None or event.at < asked["until"],
            asked.get("streams") is None or event.stream in asked["streams"],
            all(word.lower() in reason for word in asked.get("words", ())),
        )
    )


def test_every_combination_finds_exactly_the_events_for_which_it_holds():
    a_busy_house()
    other = make.cast("other")
    readers = [
        auditor(make.city()), auditor(other.district, "of_district"), auditor(other.union, "of_union"),
        auditor(make.cast().district, "of_the_other"),
    ]  # fmt: skip
    streams = [one.stream for one in Application.objects.filter(studio__leader_name__startswith="周")]
    choices = {
        "person": [None, other.district_decider, make.cast().city_decider, make.user("both")],
        "office": [None, None, other.district, make.city()],
        "action": ["", "", "recommend", "grant", "read"],
        "kind": ["", "", "application", "organisation", "reading", "cycle"],
        "since": [None, None, make.AT + timedelta(hours=2)],
        "until": [None, None, make.AT + timedelta(hours=5)],
        "streams": [None, None, tuple(streams)],
        "words": [(), (), ("符合",), ("重点看经费",), ("abc",), ("符合条件", "条件")],
    }
    dice = random.Random(4)
    every = list(Event.objects.select_related("payload", "office").order_by("-at", "-pk"))
    for user in readers:
        seen = [event for event in every if visible(user, event)]
        assert found_by(user) == seen
        for _number in range(20):
            asked = {name: dice.choice(values) for name, values in choices.items()}
            assert found_by(user, **asked) == [event for event in seen if holds(event, asked)], asked
    assert found_by(readers[0], office=other.district, below=True) == found_by(readers[1])
    assert found_by(readers[0], office=make.city(), below=True) == found_by(readers[0])


def test_a_draft_and_its_withdrawal_are_found_by_nobody_until_it_is_submitted():
    draft = make.complete_draft(leader_name="王金山")
    user = auditor(make.city())
    assert found_by(user, streams=(draft.stream,)) == []
    applications.submit(
        draft, by=make.cast().applicant, at=make.AT + make.STEP, expected_version=draft.version
    )
    assert [event.action for event in found_by(user, streams=(draft.stream,))] == ["submit", "start"]


def test_what_the_panel_discusses_is_not_found_by_an_auditor_with_a_card_to_give():
    who = make.cast()
    application = make.application_in(State.PANEL_SCORING)
    at = application.state_since + make.STEP
    record(
        application, "discuss", by=who.city_decider, at=at, office=who.city, reason="两人相差较大，已说明。"
    )
    finding = Finding.objects.create(
        rule=FAR.code, key="x", office=who.city, application=application, happened_at=at, found_at=at
    )
    record(finding, "find", by=SYSTEM, at=at, office=who.city, rule=FAR.code)
    expert = make.member(who.city, "review", "audit", username=who.experts[2].username)
    assert (found_by(expert, words=("相差",)), found_by(expert, kind="finding")) == ([], [])
    panel.score(
        application, by=expert, at=at, expected_version=application.version,
        judged=make.full_marks(), comments={},
    )  # fmt: skip
    assert [event.action for event in found_by(expert, words=("相差",))] == ["discuss"]
    assert [event.stream for event in found_by(expert, kind="finding")] == [finding.stream]


# ── Two cities in one installation ───────────────────────────────────────────────────────────────────────


def test_auditors_of_one_city_find_nothing_of_another():
    make.application_in(State.DISTRICT_REVIEW)
    second = make.organisation("city", "CD", "成都市总工会")
    below = make.organisation("district", "JJ", "锦江区总工会", second)
    make.member(below, "review", username="elsewhere")
    sign_in_failed(name="nobody", at=NOW, address="10.0.0.3")
    first_eyes, second_eyes = auditor(make.city()), auditor(second, "second")
    one, two = found_by(first_eyes), found_by(second_eyes)
    assert {event.stream for event in two} == {
        second.stream, below.stream,
    }  # fmt: skip
    assert {*one} & {*two} == set()
    assert {*one, *two} == set(Event.objects.all())
    assert people_called("elsewhere", event_scope(first_eyes, offices_of(first_eyes))) == []


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────


def test_each_row_says_who_did_what_and_why_and_leads_to_its_place(signed_in):
    application = make.application_in(State.DISTRICT_REVIEW)
    page = parse(signed_in(auditor(make.city())).get(SEARCH, {"studio": application.number, "words": "符合"}))
    (row,) = page.all(".w-events tbody tr")
    assert row.one(".told").words == ("姓名union_decider （金山科技工会，决定）推荐，依据第1版。 符合条件。")
    event = Event.objects.select_related("leaf").get(stream=application.stream, action="recommend")
    anchor = f"e{event.sequence}"
    assert (
        row.one("th a")["href"] == f"{reverse('timeline', args=[application.public_id])}?e={anchor}#{anchor}"
    )
    assert row.one(".no").words == f"总第{event.leaf.index}条 第{event.sequence}条"
    assert page.one("caption").words == "按时间排列，最近的在前，共1条"


def test_pages_lead_on_and_back_without_a_gap(signed_in):
    for number in range(7):
        make.application_in(State.PANEL_SCORING, leader_name=f"王{number}")
    client = signed_in(auditor(make.city()))
    first = client.get(SEARCH, {"kind": "application"})
    every = [event.pk for event in found_by(make.user("auditor"), kind="application")]
    second = client.get(SEARCH + parse(first).one("[rel=next]")["href"])
    back = client.get(SEARCH + parse(second).one("[rel=prev]")["href"])
    assert [response.context["page"].keys for response in (first, second, back)] == [
        every[:30], every[30:60], every[:30],
    ]  # fmt: skip
    assert (parse(back).all("[rel=prev]"), parse(second).all("[rel=next]")) == ([], [])
    assert len(every) == 35


def test_of_several_people_or_offices_one_is_chosen_and_stays_chosen(signed_in):
    one, two = (
        make.member(make.cast().district, "review", username=name, name="王芳") for name in ("wf", "wangf")
    )
    client = signed_in(auditor(make.city()))
    page = parse(client.get(SEARCH, {"person": "王芳"}))
    assert (page.all(".w-events"), [link.words for link in page.all("#people-title ~ ul a")]) == (
        [],
        ["王芳"] * 2,
    )
    chosen = client.get(SEARCH + page.all("#people-title ~ ul a")[0]["href"])
    assert chosen.context["asked"].found.lookup.person in {one, two}
    assert parse(chosen).one("[name=who]")["value"] == str(
        chosen.context["asked"].found.lookup.person.public_id
    )
    assert client.get(SEARCH, {"person": "wf"}).context["asked"].found.lookup.person == one
    bodies = parse(client.get(SEARCH, {"office": "总工会"})).all("#bodies-title ~ ul a")
    assert [link.words for link in bodies] == ["重庆市总工会", "渝北区总工会"]
    exactly = client.get(SEARCH, {"office": "渝北区总工会"})
    assert exactly.context["asked"].found.lookup.office == make.cast().district


def test_nobody_is_named_of_whom_no_event_is_in_scope(signed_in):
    make.cast("other")
    make.application_in(State.CITY_INTAKE)
    client = signed_in(auditor(make.cast().district))
    assert client.get(SEARCH, {"person": "other-applicant"}).context["asked"].missed == "person"
    assert client.get(SEARCH, {"person": "district_decider"}).context["asked"].found is not None
    assert client.get(SEARCH, {"office": "other渝北区总工会"}).context["asked"].missed == "office"
    assert client.get(SEARCH, {"office": "重庆市总工会"}).context["asked"].found is not None
    stranger = make.user("other-applicant")
    assert (
        client.get(SEARCH, {"who": stranger.public_id, "person": stranger.name}).context["asked"].missed
        == "person"
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"words": "一"}, "每个词至少2个字"),
        ({"since": "2026-13-01"}, "填写日期，如2026-10-16"),
        ({"since": "2026-09-02", "until": "2026-09-01"}, "填写不早于开始的日期"),
        ({"until": "9999-12-31"}, "填写日期，如2026-10-16"),
        ({"words": "一二 三四 五六 七八 九十"}, "最多4个词"),
        ({"person": "\0"}, "不允许是用空字符串。"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_shown_that_was_not_asked_for(signed_in, query, said):
    make.application_in(State.DISTRICT_REVIEW)
    response = signed_in(auditor(make.city())).get(SEARCH, query)
    page = parse(response)
    assert (response.status_code, page.all(".w-events"), page.one(".w-query .w-bad").words) == (422, [], said)


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ({"words": "子虚乌有"}, "没有符合条件的记录"),
        ({"person": "没有人"}, "没有找到“没有人”"),
        ({"office": "没有会"}, "没有找到“没有会”"),
        ({"studio": "没有室"}, "没有找到“没有室”"),
        ({"before": "nothing"}, ""),
        ({"after": "\0"}, ""),
    ],
)
def test_an_empty_result_says_what_to_do(signed_in, query, title):
    page = parse(signed_in(auditor(make.city())).get(SEARCH, query))
    assert [empty.one("h2, h3, strong, .title").words for empty in page.all(".w-empty")] == (
        [title] if title else []
    )


def test_nobody_but_auditors_searches(signed_in):
    who = make.cast()
    for user in (who.applicant, who.district_decider, who.city_decider):
        for name in ("event-search", "event-searches"):
            assert signed_in(user).get(reverse(name)).status_code == 404
        for name in ("event-export", "event-search-save", "event-search-restore"):
            assert signed_in(user).post(reverse(name), {"query": "", "format": "csv"}).status_code == 404


def test_a_grant_taken_back_takes_the_page(signed_in):
    user = auditor(make.city())
    client = signed_in(user)
    assert client.get(SEARCH).status_code == 200
    make.member(make.city(), username=user.username)
    assert client.get(SEARCH).status_code == 404


def settled_cost(client, address: str) -> int:
    """Return what a page costs once everything that happened is numbered and entered."""
    for _time in range(3):
        client.get(address)
    return cost_of(client, address)


def test_a_page_costs_the_same_at_1_and_at_30_rows(signed_in):
    client = signed_in(auditor(make.city()))
    narrow = f"{SEARCH}?{urlencode({'kind': 'application', 'words': '符合条件', 'person': 'union_decider'})}"
    make.application_in(State.DISTRICT_REVIEW, leader_name="王金山")
    one = settled_cost(client, narrow)
    a_busy_house()
    mixed = settled_cost(client, SEARCH)
    for number in range(25):
        make.application_in(State.DISTRICT_REVIEW, leader_name=f"李{number}", at=make.AT + make.STEP)
    assert (settled_cost(client, narrow), len(told(client.get(narrow)))) == (one, 30)
    assert settled_cost(client, SEARCH) <= mixed
