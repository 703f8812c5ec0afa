"""疑点: who sees which, what the pages say, and what examining writes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accreditation.models import Finding
from accreditation.queries.archive import archive
from accreditation.queries.findings.scope import findings_for
from accreditation.scope import offices_of
from accreditation.services import cycles, offices, review
from accreditation.services import examining as services
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import cost_of
from tests.accreditation.audit.conftest import NOW
from tests.accreditation.audit.looking import looked
from tests.page import parse
from workflows.actors import SYSTEM
from workflows.ledger.chain import first_broken
from workflows.models import Event, Notification
from workflows.notifications.fan_out import fan_out
from workflows.refusals import NotPermitted, NotReady, Stale

pytestmark = pytest.mark.django_db
LIST, MANY, RULES = "/audit/findings/", "/audit/findings/examine/", "/audit/findings/rules/"
HOUR = timedelta(hours=1)


def auditor(place, username="auditor"):
    return make.member(place, "audit", username=username)


def found_now():
    """Let the rules look, each time an hour later; return all findings."""
    return looked(NOW + HOUR * (1 + Finding.objects.count()))


def quick(leader="王金山", who=None):
    """Let a district recommend in half a minute; return what was found."""
    who = who or make.cast()
    application = make.application_in(State.DISTRICT_REVIEW, who=who, leader_name=leader)
    at = application.state_since + timedelta(seconds=30)
    review.recommend(
        application, by=who.district_decider, at=at, expected_version=application.version, reason="同意推荐。"
    )
    return found_now()[-1]


def guests(place, count, by=SYSTEM, at=make.AT):
    """Let so many people have a grant for an hour; return what was found."""
    known = Finding.objects.count()
    for number in range(count):
        guest = make.member(place, username=f"guest-{place.code}-{number}")
        offices.set_grants(place, guest, {"review"}, by=by, at=at)
        offices.set_grants(place, guest, set(), by=by, at=at + HOUR)
    return found_now()[known:]


def address(finding, act=""):
    return reverse(f"finding{act}", args=[finding.public_id])


def headlines(response):
    return [row.headline for row in response.context["rows"]]


# ── Who sees what ────────────────────────────────────────────────────────────────────────────────────────


def test_an_auditor_sees_the_findings_of_the_own_branch_and_nobody_else_has_the_pages(signed_in):
    here, there = quick(), quick(who=make.cast("other"))
    city, district = auditor(make.city()), auditor(make.cast().district, "local")
    union = auditor(make.cast().union, "inside")
    for user, seen in ((city, {here, there}), (district, {here}), (union, set())):
        client = signed_in(user)
        assert set(findings_for(user, offices_of(user))) == seen
        assert set(client.get(LIST).context["page"].object_list) == seen
        for one in (here, there):
            expected = 200 if one in seen else 404
            assert client.get(address(one)).status_code == expected
            assert client.post(address(one, "-examine"), {"note": ""}).status_code == (
                422 if one in seen else 404
            )
    for user in (make.user("applicant"), make.user("district_decider"), make.user("city_decider")):
        client = signed_in(user)
        for page in (LIST, MANY, RULES, address(here)):
            assert client.get(page).status_code == 404
        assert client.post(address(here, "-examine"), {"note": "看过"}).status_code == 404
        assert client.post(address(here, "-reopen"), {"reason": "再看"}).status_code == 404
        assert client.post(MANY, {"finding": here.public_id, "note": "看过"}).status_code == 404
    assert Event.objects.filter(action="examine").count() == 0


def test_what_a_finding_is_about_stands_in_the_archive_of_who_sees_it():
    quick()
    for place in (make.city(), make.cast().district, make.cast().union):
        user = auditor(place, f"auditor-{place.code}")
        held = offices_of(user)
        shown = {one.application for one in findings_for(user, held)}
        assert shown <= set(archive(held))


def test_what_was_recorded_above_the_readers_branch_is_only_named(signed_in):
    who = make.cast()
    first, second = (
        make.application_in(State.DISTRICT_REVIEW, leader_name=name) for name in ("王金山", "张毅")
    )
    make.quota(who.cycle, who.district, 1)
    for application, places, at in ((first, 2, first.state_since + HOUR), (second, 2, NOW)):
        review.recommend(
            application,
            by=who.district_decider,
            at=at,
            expected_version=application.version,
            reason="同意推荐。",
        )
        cycles.set_quota(who.cycle, who.district, places, by=SYSTEM, at=at + HOUR)
    [finding] = [one for one in found_now() if one.rule == "quota_raised"]
    said = "给渝北区总工会名额2。"
    local, above = auditor(who.district, "local"), auditor(who.city)
    texts = {
        user: parse(signed_in(user).get(address(finding))).one("section[aria-labelledby=traces]").words
        for user in (local, above)
    }
    assert said in texts[above].replace(" ", "")
    assert said not in texts[local].replace(" ", "")
    assert "分配名额" in texts[local]


# ── Pages ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_filtered_and_counted_and_begins_with_what_waits(signed_in):
    first, _other = quick(), quick("张毅", make.cast("other"))
    [guest] = guests(make.cast().district, 1)
    user = auditor(make.city())
    services.examine(guest, by=user, at=NOW, note="选错了人。")
    client = signed_in(user)
    both = ["到达后30秒作出决定", "到达后30秒作出决定"]
    response = client.get(LIST)
    assert headlines(response) == both
    assert [item["count"] for item in response.context["figures"]] == [2, 1, 3]
    assert parse(response).one(".w-nav [aria-current] .n").words == "2"
    for query, expected in (
        ({"rule": "quick"}, both),
        ({"rule": "grant_one_day"}, []),
        ({"state": "examined"}, ["权限当天授予、当天收回"]),
        ({"state": "all", "office": "YB"}, ["到达后30秒作出决定", "权限当天授予、当天收回"]),
        ({"state": "all", "cycle": "2026"}, both),
        ({"q": "王金山"}, both[:1]),
        ({"q": first.application.number}, both[:1]),
        ({"q": "district_decider"}, both),
        ({"q": "没有此人"}, []),
        ({"state": "x", "rule": "x", "page": "x"}, both),
    ):
        assert (query, headlines(client.get(LIST, query))) == (query, expected)
    assert "没有找到“没有此人”" in client.get(LIST, {"q": "没有此人"}).content.decode()


def test_every_row_says_why_it_was_found_why_that_may_be_nothing_and_where_to_look(signed_in):
    finding = quick()
    page = parse(signed_in(auditor(make.city())).get(LIST))
    row = page.one("tbody tr")
    assert "于9月1日12:00:30作出决定。" in row.words
    assert "也可能正常：可能已看过前一版" in row.words
    event = finding.event
    links = [link["href"] for link in row.all("a")]
    assert links == [
        address(finding), reverse("timeline-event", args=[finding.application.public_id, event.sequence])
    ]  # fmt: skip


def test_the_rules_are_explained_with_what_they_have_found_in_the_own_branch(signed_in):
    finding = quick()
    quick(who=make.cast("other"))
    services.examine(finding, by=auditor(make.city()), at=NOW, note="看过。")
    page = parse(signed_in(auditor(make.cast().district, "local")).get(RULES))
    rows = page.all("tbody tr")
    assert len(rows) == 15
    counted = [cell.words for cell in page.one("#quick").all("td.w-num")]
    assert counted == ["1", "0"]
    assert all(len(cell.words) > 5 for row in rows for cell in row.all("td:not(.w-num)"))


def test_the_timeline_shows_auditors_what_was_found_and_reviewers_nothing(signed_in):
    finding = quick()
    timeline = reverse("timeline", args=[finding.application.public_id])
    found = parse(signed_in(auditor(make.city())).get(timeline)).one("section[aria-labelledby=found]")
    assert [link["href"] for link in found.all("a")] == [address(finding)]
    assert "到达后30秒作出决定" in found.words
    for user in (make.user("city_decider"), auditor(make.cast().union, "inside")):
        assert "到达后30秒" not in signed_in(user).get(timeline).content.decode()


def test_empty_pages_say_what_to_do(signed_in):
    client = signed_in(auditor(make.city()))
    assert "没有未核查的疑点" in client.get(LIST).content.decode()
    assert "还没有核查过的疑点" in client.get(LIST, {"state": "examined"}).content.decode()
    assert "还没有疑点" in client.get(LIST, {"state": "all"}).content.decode()
    assert "没有选取" in client.get(MANY).content.decode()


@pytest.mark.parametrize("state", ["open", "examined"])
def test_the_pages_cost_the_same_at_1_and_at_30_findings(signed_in, state):
    user = auditor(make.city())
    client = signed_in(user)

    def examined(found):
        if state == "examined":
            services.examine_many(found, by=user, at=NOW, note="看过。")

    one = quick()
    examined([one])
    pages = (f"{LIST}?state={state}", RULES, f"{MANY}?finding={one.public_id}")
    before = [cost_of(client, page) for page in pages]
    found = guests(make.cast().district, 29)
    examined(found)
    picked = "".join(f"&finding={other.public_id}" for other in found)
    assert len(client.get(pages[0]).context["rows"]) == 30
    after = [cost_of(client, page) for page in (*pages[:2], pages[2] + picked)]
    assert after[:2] == before[:2]
    assert after[2] <= before[2] + (state == "open")  # the names of who gave the grants


# ── Examining ────────────────────────────────────────────────────────────────────────────────────────────


def test_examining_is_an_event_with_the_note_and_can_be_undone_with_a_reason(signed_in):
    finding = quick()
    user = auditor(make.city())
    client = signed_in(user)
    response = client.post(address(finding, "-examine"), {"note": " 已看理由，问过本人。 "}, follow=True)
    assert "已核查这条疑点" in response.content.decode()
    finding.refresh_from_db()
    assert (finding.examined_by, finding.examined_at) == (user, NOW)
    page = parse(client.get(address(finding)))
    assert "已看理由，问过本人。" in page.one("section[aria-labelledby=steps]").words
    client.post(address(finding, "-reopen"), {"reason": "又有新情况。"})
    finding.refresh_from_db()
    assert (finding.examined_by, finding.examined_at) == (None, None)
    events = list(Event.objects.filter(stream=finding.stream).order_by("sequence"))
    assert [(one.action, one.actor, one.role, one.office) for one in events] == [
        ("find", None, "", finding.office),
        ("examine", user, "audit", finding.office),
        ("reopen", user, "audit", finding.office),
    ]
    assert [one.personal.get("reason", "") for one in events] == ["", "已看理由，问过本人。", "又有新情况。"]
    assert first_broken(events) is None
    assert events[0].facts["event"] == [finding.event.stream, finding.event.sequence]


@pytest.mark.parametrize("note", ["", "   ", "长" * 2001])
def test_an_empty_or_too_long_note_is_refused_and_what_was_typed_stays(signed_in, note):
    finding = quick()
    client = signed_in(auditor(make.city()))
    for response in (
        client.post(address(finding, "-examine"), {"note": note}),
        client.post(MANY, {"finding": finding.public_id, "note": note}),
    ):
        assert response.status_code == 422
        page = parse(response)
        assert page.one(".w-errors a")["href"] == "#id_note"
        assert note.strip() in page.one("#id_note").words
    assert Finding.objects.get().examined_at is None


def test_who_comes_second_is_told_who_was_first_and_keeps_the_note(signed_in):
    finding = quick()
    first, second = auditor(make.city(), "first"), auditor(make.city(), "second")
    services.examine(finding, by=first, at=NOW, note="看过。")
    response = signed_in(second).post(address(finding, "-examine"), {"note": "我也看了。"})
    assert response.status_code == 409
    assert "姓名first" in response.content.decode()
    assert "我也看了。" in response.content.decode()
    with pytest.raises(Stale):
        services.examine(finding, by=second, at=NOW, note="再写一次。")
    services.reopen(finding, by=second, at=NOW, reason="再看。")
    with pytest.raises(Stale):
        services.reopen(finding, by=first, at=NOW, reason="再看。")
    with pytest.raises(NotReady):
        services.examine(finding, by=first, at=NOW, note=" ")


def test_whom_a_finding_concerns_sees_it_and_does_not_examine_it(signed_in):
    who = make.cast()
    finding = quick()
    offices.set_grants(who.district, who.district_decider, {"review", "decide", "audit"}, by=SYSTEM, at=NOW)
    manager = make.member(who.district, "manage", "audit", username="manager")
    [guest] = guests(who.district, 1, by=manager)
    for user, one in ((who.district_decider, finding), (manager, guest)):
        client = signed_in(user)
        page = parse(client.get(address(one)))
        assert page.all("textarea") == []
        assert "这一条涉及您本人，由其他审计员核查。" in page.words
        assert client.post(address(one, "-examine"), {"note": "没有问题。"}).status_code == 403
        assert "这次不核查" in client.get(f"{MANY}?finding={one.public_id}").content.decode()
        with pytest.raises(NotPermitted, match="由其他审计员核查"):
            services.examine(one, by=user, at=NOW, note="没有问题。")
    other = auditor(make.cast("other").district, "stranger")
    with pytest.raises(NotPermitted, match="审计这一组织"):
        services.examine(finding, by=other, at=NOW, note="没有问题。")
    assert Event.objects.filter(action="examine").count() == 0


def test_several_are_examined_with_one_note_each_with_its_own_event_and_what_another_did_first_is_said(
    signed_in, monkeypatch
):
    found = guests(make.cast().district, 3)
    user, other = auditor(make.city()), auditor(make.city(), "other")
    client = signed_in(user)
    picked = [one.public_id for one in found]
    rows = client.get(MANY, {"finding": [*picked, make.user("applicant").public_id, "x"]}).context["rows"]
    assert {row.finding for row, _why in rows} == set(found)
    examine = services.examine

    def after_somebody_else(finding, **said):
        if finding == found[1]:
            examine(finding, by=other, at=NOW, note="我先看了。")
        return examine(finding, **said)

    monkeypatch.setattr(services, "examine", after_somebody_else)
    response = client.post(MANY, {"finding": picked, "note": "都是演练。"})
    assert response.status_code == 409
    assert "已由姓名other于" in parse(response).one("section[aria-labelledby=others-title]").words
    assert [one.examined_by for one in Finding.objects.order_by("pk")] == [user, other, user]
    assert Event.objects.filter(action="examine", actor=user).count() == 2
    assert client.get(LIST).context["figures"][0]["count"] == 0


# ── Being told ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_auditors_of_the_body_and_above_are_told_but_not_whom_it_concerns(signed_in):
    who = make.cast()
    city, district = auditor(who.city), auditor(who.district, "local")
    auditor(make.cast("other").district, "stranger")
    offices.set_grants(who.district, who.district_decider, {"review", "decide", "audit"}, by=SYSTEM, at=NOW)
    finding = quick()
    fan_out(NOW)
    told = Notification.objects.filter(reason="finding")
    assert {one.user for one in told} == {city, district}
    client = signed_in(district)
    page = client.get("/notifications/")
    assert "发现疑点：到达后30秒作出决定。" in page.content.decode()
    message = told.get(user=district)
    assert client.get(reverse("notification", args=[message.public_id])).url == address(finding)
    offices.set_grants(who.district, district, set(), by=SYSTEM, at=NOW)
    assert client.get(reverse("notification", args=[message.public_id])).status_code == 404
    assert "发现疑点" not in signed_in(district).get("/notifications/").content.decode()


def test_what_is_found_in_a_history_from_before_is_no_news():
    auditor(make.city())
    guests(make.cast().district, 1, at=NOW - timedelta(days=8))
    fan_out(NOW)
    assert Notification.objects.filter(reason="finding").count() == 0
