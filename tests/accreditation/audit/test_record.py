"""The pages of an application's record: what stands on a line, what is folded, found, named and drawn pale."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accreditation.models import Application
from accreditation.services import meetings, ranking, review, tasks
from accreditation.services.journals import evidence_read
from accreditation.services.meetings import Resolution
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.conftest import NOW
from tests.page import parse

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def client(signed_in, clock):
    """Return an auditor's browser, on the evening after all of it."""
    clock(NOW + 12 * HOUR)
    return signed_in(make.member(make.city(), "audit", username="auditor"))


@pytest.fixture
def corrected():
    """Return an application whose files were read, that was returned for its address, mended, and read again."""
    application, who = make.application_in(State.DISTRICT_REVIEW), make.cast()
    for number, reader in enumerate((who.district_reviewer, who.district_decider, who.district_reviewer)):
        evidence_read(
            application, by=reader, at=NOW + number * HOUR, sha256=f"{number}" * 64, kind="site", revision=1
        )
    tasks.claim(application, by=who.district_decider, at=NOW + 3 * HOUR)
    review.send_back(
        make.fresh(application), by=who.district_decider, at=NOW + 4 * HOUR,
        expected_version=application.version, reason="地址与门牌不符。", fields=["studio.address"],
    )  # fmt: skip
    Application.objects.filter(pk=application.pk).update(address="渝北区新街2号")
    make._submit(make.fresh(application), who, NOW + 5 * HOUR)
    evidence_read(
        application, by=who.district_decider, at=NOW + 6 * HOUR, sha256="9" * 64, kind="honour", revision=2
    )
    return make.fresh(application)


def record(client, application, query=""):
    answer = client.get(f"{reverse('timeline', args=[application.public_id])}{query}")
    assert answer.status_code == 200
    return parse(answer)


def ids(page):
    return [line.get("id") or "fold" for line in page.all(".w-time > li")]


def test_a_line_says_where_the_application_went_and_what_was_changed(client, corrected):
    page = record(client, corrected)
    assert "区县或产业工会审核 → 转到 区县或产业工会退回补正" in page.one("#e5").words
    assert "标明1处：地址" in page.one("#e5").words
    again = page.one("#e6")
    assert again.one("details summary").words == "改动1处：地址"
    assert [again.one(f".w-diff {tag}").words for tag in ("del", "ins")] == ["回兴街道1", "新街2"]
    assert [link["href"] for link in again.all(".meta a")][:2] == [
        reverse("revision", args=[corrected.public_id, 2]),
        reverse("revision-changes", args=[corrected.public_id, 2]),
    ]


def test_readings_that_follow_one_another_are_folded_and_only_auditors_see_them(client, signed_in, corrected):
    page = record(client, corrected)
    assert ids(page) == ["e1", "e2", "e3", "fold", "e4", "e5", "e6", "fold"]
    first = page.all(".w-time > li > details")[0]
    assert first.one("summary").words == "查阅材料3次：姓名district_reviewer、姓名district_decider"
    assert [item["id"] for item in first.all("li")] == ["r1", "r2", "r3"]
    assert ids(record(client, corrected, "?kind=readings")) == ["r1", "r2", "r3", "r4"]
    reviewer = signed_in(make.user("district_decider"))
    assert ids(record(reviewer, corrected)) == ["e1", "e2", "e3", "e4", "e5", "e6"]
    assert ids(record(reviewer, corrected, "?kind=readings")) == ids(record(reviewer, corrected))
    assert not record(reviewer, corrected).all("[name=at], .meta a[href*=proof]")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=decisions", ["e2", "e3", "e5", "e6"]),
        ("?kind=tasks", ["e1", "e4"]),
        ("?q=门牌", ["e5"]),
        ("?q=district_decider+认领", ["e4"]),
        ("?q=DISTRICT_REVIEWER", ["fold"]),
        ("?kind=decisions&order=new", ["e6", "e5", "e3", "e2"]),
        ("?kind=nonsense&order=nonsense&page=nonsense", ["e1", "e2", "e3", "fold", "e4", "e5", "e6", "fold"]),
    ],
)
def test_the_record_is_searched_by_kind_by_words_and_by_name(client, corrected, query, found):
    assert ids(record(client, corrected, query)) == found


def test_what_is_not_found_is_said_and_the_way_back_is_there(client, corrected):
    page = record(client, corrected, "?q=nothing")
    assert "没有找到“nothing”" in page.one(".w-empty").words
    assert page.one(".w-empty a")["href"] == reverse("timeline", args=[corrected.public_id])


def test_each_event_has_a_permanent_address(client, signed_in, corrected, monkeypatch):
    monkeypatch.setattr("accreditation.views.timeline.LINES", 3)
    base = reverse("timeline", args=[corrected.public_id])
    for code, anchor, page in (("5", "e5", 2), ("r4", "r4", 3)):
        answer = client.get(reverse("timeline-event", args=[corrected.public_id, code]))
        assert (answer.status_code, answer["Location"]) == (302, f"{base}?e={anchor}#{anchor}")
        shown = client.get(f"{base}?e={anchor}")
        assert shown.context["page"].number == page
        assert [line.is_named for line in shown.context["lines"]].count(True) == 1
    assert parse(shown).one("details[open]").one("#r4")
    stranger = make.member(make.cast("other").district, "audit", username="stranger")
    address = reverse("timeline-event", args=[corrected.public_id, "5"])
    assert signed_in(stranger).get(address).status_code == 404


def test_what_came_after_the_moment_that_is_looked_at_is_pale(client, corrected):
    page = record(client, corrected, "?at=2026-09-02+15:30")
    assert ids(page) == ["e1", "e2", "e3", "fold", "e4", "fold", "e5", "e6", "fold"]
    assert page.one(".at").words == "截至9月2日15:30，当时所知到此为止"
    pale = [line.get("id") for line in page.all(".is-after")]
    assert pale == ["e5", "e6", None]
    facts = [fact.words for fact in page.one(".w-then").all("dd")]
    assert facts == ["区县或产业工会审核", "渝北区总工会 姓名district_decider", "第1版", "尚无"]
    newest = record(client, corrected, "?at=2026-09-02+15:30&order=new")
    assert [line.get("id") for line in newest.all(".w-time > li")][:4] == [None, "e6", "e5", None]
    assert record(client, corrected, "?event=4").one(".at").words.startswith("截至第4条，9月2日15:00")


def test_a_moment_that_cannot_be_looked_at_is_refused_and_what_was_typed_stays(client, corrected):
    for typed, words in (
        ("后天", "填写日期和时间，如2026-09-03 17:00"),
        ("2999-01-01 10:00", "这一时刻还没有到，填写现在或者以前的时刻"),
    ):
        page = record(client, corrected, f"?at={typed}")
        assert page.one(".w-errors li").words == words
        assert page.one("[name=at]")["value"] == {"后天": "后天"}.get(typed, "2999-01-01T10:00")
        assert not page.all(".is-after")


def test_rankings_and_meetings_are_told_of_this_application_alone(client):
    who = make.cast()
    one = make.application_in(State.CITY_DECISION)
    other = make.application_in(State.DISTRICT_REVIEW, leader_name="张毅")
    quota = who.cycle.quotas.get(organisation=who.district)
    ranking.rank(
        who.cycle, who.district, [other.public_id, one.public_id], by=who.district_decider,
        at=NOW, expected_version=quota.ranking_version,
    )  # fmt: skip
    second = make.application_in(State.CITY_DECISION, leader_name="张永忠")
    meetings.hold_meeting(
        who.cycle,
        [
            Resolution(one, "approve", one.version, "符合条件。"),
            Resolution(second, "reject", second.version, "符合条件。", own_reason="成果存疑。"),
        ],
        public_id=uuid4(), title="审定会", held_on=date(2026, 9, 2), people="陈立言",
        reason="符合条件。", by=who.city_decider, at=NOW + HOUR,
    )  # fmt: skip
    page = record(client, one)
    told = {line.get("id")[0]: line.words for line in page.all(".w-time > li") if line.get("id")[0] in "oc"}
    assert "推荐排序，这一件第2位，共2件。" in told["o"]
    assert "召开会议“审定会”，对这一件的决定：列入拟公示名单。 符合条件。" in told["c"]
    assert "成果存疑。" not in page.words
    assert "会议决定：列入拟公示名单" in page.words
    assert "成果存疑。" in record(client, second).words
