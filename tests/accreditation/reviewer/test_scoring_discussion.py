"""待合议: cards far from the others are marked once the quorum is in, discussed, and only then the scoring ends."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Scorecard
from accreditation.queries.judging import discussion_of
from accreditation.services import panel, review
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.test_review import acts, page, text
from tests.page import parse
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Stale, WrongState

pytestmark = pytest.mark.django_db
FINDING = "专利证书当场看过，课题一项各人理解不同，均不改分。"
LOW = {"topics.patents": Decimal(0), "topics.benefit": Decimal(0)}
"""Nothing for patents and conversion: twelve points of thirty, and of the total."""


@pytest.fixture
def scoring():
    """An application before a panel whose quorum is two of three."""
    make.cycle(quorum=2)
    return make.application_in(State.PANEL_SCORING)


def hand_in(application, name, **changes):
    """Hand in a card in full marks but for these; what is low is commented."""
    marks = make.full_marks() | {code.replace("__", "."): points for code, points in changes.items()}
    panel.score(
        application, by=make.user(name), at=NOW, expected_version=application.version,
        judged=marks, comments=dict.fromkeys(marks, "见材料"),
    )  # fmt: skip


@pytest.fixture
def marked(scoring):
    """Two cards in full marks and a third far below them."""
    hand_in(scoring, "expert1")
    hand_in(scoring, "expert2")
    hand_in(scoring, "expert3", **LOW)
    return scoring


def far(application):
    """Who is marked, by how much, in which goods, discussed or not."""
    return [
        (
            one.card.expert.username,
            one.apart.by if one.apart.is_total_far else None,
            {entry.good.code: entry.by for entry in one.apart.goods},
            one.is_discussed,
        )
        for one in discussion_of(application).marked
    ]


def cards(application):
    """What the page says it showed as marked."""
    return [one.card.public_id for one in discussion_of(application).marked]


def discuss(application, by="city_decider", finding=FINDING, **changes):
    given = {"expected_version": application.version, "cards": cards(application)} | changes
    return panel.discuss(application, by=make.user(by), at=NOW, finding=finding, **given)


def panel_page(application, act=""):
    return f"/office/panel/{application.public_id}/{act}"


def test_a_card_far_from_the_others_is_marked_with_its_goods(marked):
    assert far(marked) == [("expert3", Decimal(-12), {"topics": Decimal(-12)}, False)]


def test_before_the_quorum_nothing_is_marked_for_anybody(signed_in):
    make.cycle(quorum=3)
    application = make.application_in(State.PANEL_SCORING)
    hand_in(application, "expert1")
    hand_in(application, "expert3", **LOW)
    for name in ("expert1", "expert3", "city_decider"):
        answer = signed_in(make.user(name)).get(page(application))
        assert (answer.context["discussion"], "待合议" in text(answer)) == (None, False)
    shown = signed_in(make.user("city_decider")).get(panel_page(application))
    assert (shown.context["discussion"], "待合议" in text(shown)) == (None, False)
    with pytest.raises(WrongState, match="交满3张评分卡后再合议"):
        discuss(application, cards=[])


def test_who_decides_reads_which_cards_are_far_and_by_how_much_but_not_what_they_say(signed_in, marked):
    client = signed_in(make.user("city_decider"))
    for address in (page(marked), panel_page(marked)):
        answer = client.get(address)
        (row,) = parse(answer).all(".w-apart li")
        assert row.words == "待合议 姓名expert3 总分低12分 创新课题低12分（满分30）"
        assert len(row.all("svg")) == 1  # a shape stands beside the word
        assert "总分相差10分以上，或者一个好相差满分的30%以上，列为待合议" in text(answer)
        assert not parse(answer).all(".w-spread")
        assert "88" not in [cell.words for cell in parse(answer).all("td")]


def test_experts_read_every_card_on_one_axis_with_the_far_one_marked(signed_in, marked):
    answer = signed_in(make.user("expert1")).get(page(marked))
    drawn = parse(answer).one(".w-spread")
    assert drawn["aria-label"].split() == ["评分", "88（待合议）、100、100"]
    assert (len(drawn.all("circle")), len(drawn.all("path.far"))) == (2, 1)
    assert [row.words for row in parse(answer).all("tbody th .w-state")] == ["待合议"]


def test_an_expert_who_has_not_handed_in_learns_nothing(signed_in, scoring):
    hand_in(scoring, "expert1")
    hand_in(scoring, "expert3", **LOW)
    discuss(scoring)
    client = signed_in(make.user("expert2"))
    for address in (page(scoring), page(scoring, "score/"), f"/audit/{scoring.public_id}/"):
        answer = client.get(address)
        assert "待合议" not in text(answer)
        assert FINDING not in text(answer)


def test_the_scoring_does_not_end_before_what_is_far_was_discussed(signed_in, marked):
    client = signed_in(make.user("city_decider"))
    answer = client.post(panel_page(marked, "conclude/"), {"version": marked.version})
    assert answer.status_code == 422
    assert answer.context["finding"].errors == {
        "finding": ["姓名expert3的评分卡与其他专家相差较大，写明合议意见后再结束评分。"]
    }
    assert parse(answer).one(".w-errors a")["href"] == "#id_finding"
    assert make.fresh(marked).state == State.PANEL_SCORING
    sent = {"version": marked.version, "card": cards(marked), "finding": FINDING}
    assert client.post(panel_page(marked, "discuss/"), sent).status_code == 302
    assert far(marked)[0][3] is True
    assert client.post(panel_page(marked, "conclude/"), {"version": marked.version}).status_code == 302
    assert make.fresh(marked).state == State.CITY_DECISION
    assert acts(marked)[-2:] == ["discuss", "conclude"]


def test_what_was_found_stands_in_the_timeline_for_who_sees_the_panel(signed_in, marked):
    discuss(marked)
    make.member(make.city(), "audit", username="auditor")
    address = f"/audit/{marked.public_id}/"
    for name in ("city_decider", "expert1", "auditor"):
        assert "合议1张待合议的评分卡。" + FINDING in text(signed_in(make.user(name)).get(address))
    for name in ("district_decider", "union_decider"):
        assert FINDING not in text(signed_in(make.user(name)).get(address))
    assert FINDING not in text(signed_in(make.user("applicant")).get(f"/applications/{marked.public_id}/"))


def test_the_event_names_the_cards_the_office_and_the_role(marked):
    event = discuss(marked)
    (card,) = [one for one in Scorecard.objects.filter(application=marked) if one.total == Decimal(88)]
    assert (event.action, event.office, event.role, event.actor) == (
        "discuss", marked.city, "decide", make.user("city_decider"),
    )  # fmt: skip
    assert f'"scorecards":["{card.sha256}"]' in event.body
    assert make.fresh(marked).version == marked.version


def test_a_card_that_comes_after_the_discussion_is_discussed_too(scoring):
    hand_in(scoring, "expert1")
    hand_in(scoring, "expert2", **LOW)
    shown = cards(scoring)
    discuss(scoring)
    hand_in(scoring, "expert3")
    assert [(name, discussed) for name, *_far, discussed in far(scoring)] == [("expert2", True)]
    assert len(shown) == 2


def test_nobody_has_discussed_what_they_were_not_shown(scoring):
    hand_in(scoring, "expert1")
    hand_in(scoring, "expert2")
    first = [card.public_id for card in Scorecard.objects.filter(application=scoring)[:1]]
    hand_in(scoring, "expert3", **LOW)
    with pytest.raises(Stale, match="待合议的评分卡有变动"):
        discuss(scoring, cards=first)
    assert far(scoring)[0][3] is False


def test_a_discussion_needs_words_marked_cards_and_the_state(scoring):
    hand_in(scoring, "expert1")
    hand_in(scoring, "expert2")
    with pytest.raises(WrongState, match="没有待合议的评分卡"):
        discuss(scoring)
    hand_in(scoring, "expert3", **LOW)
    with pytest.raises(NotReady, match="写明合议意见"):
        discuss(scoring, finding="  ")
    with pytest.raises(Stale):
        discuss(scoring, expected_version=scoring.version - 1)
    discuss(scoring)
    with pytest.raises(WrongState, match="同样的合议意见已经记录"):
        discuss(scoring)
    panel.conclude(scoring, by=make.user("city_decider"), at=NOW, expected_version=scoring.version)
    with pytest.raises(WrongState, match="现在不在专家评分环节"):
        discuss(scoring, cards=cards(scoring), finding="又及")
    assert Event.objects.filter(stream=scoring.stream, action="discuss").count() == 1


@pytest.mark.parametrize("name", ["expert1", "district_decider", "union_decider", "applicant"])
def test_nobody_else_writes_what_was_found(signed_in, marked, name):
    with pytest.raises(NotPermitted):
        discuss(marked, by=name)
    sent = {"version": marked.version, "card": cards(marked), "finding": FINDING}
    assert signed_in(make.user(name)).post(panel_page(marked, "discuss/"), sent).status_code == 404
    assert "discuss" not in acts(marked)


def test_a_refused_finding_is_kept_to_be_copied(signed_in, marked):
    client = signed_in(make.user("city_decider"))
    empty = client.post(panel_page(marked, "discuss/"), {"version": marked.version, "card": cards(marked)})
    assert (empty.status_code, empty.context["finding"].errors) == (422, {"finding": ["写明合议意见"]})
    sent = {"version": marked.version + 1, "card": [*cards(marked), "no-card"], "finding": FINDING}
    refused = client.post(panel_page(marked, "discuss/"), sent)
    assert refused.status_code == 409
    assert FINDING in text(refused)


def test_a_second_round_is_discussed_anew(signed_in, marked):
    discuss(marked)
    by = make.user("city_decider")
    review.send_back(marked, by=by, at=NOW, expected_version=marked.version, reason="补正。")
    who, again = make.cast(), make.fresh(marked)
    make._submit(again, who, NOW + timedelta(hours=1))
    again = make.fresh(again)
    make._convene(again, who, NOW + timedelta(hours=2))
    second = make.fresh(again)
    assert (discussion_of(second).marked, discussion_of(second).findings) == ([], [])
    hand_in(second, "expert1")
    hand_in(second, "expert3", **LOW)
    with pytest.raises(NotReady, match="写明合议意见后再结束评分"):
        panel.conclude(second, by=by, at=NOW, expected_version=second.version)


def test_the_page_asks_the_database_as_often_for_two_seats_as_for_twelve(signed_in):
    make.cycle(quorum=2)
    counted = []
    for leader, seats in (("王金山", 2), ("张毅", 12)):
        application = make.application_in(State.PANEL_SCORING, leader_name=leader)
        more = [make.expert(username=f"more{number}") for number in range(seats - 2)]
        if more:
            panel.convene(
                application, by=make.user("city_decider"), at=NOW, expected_version=application.version,
                experts=more,
            )  # fmt: skip
        for name in ("expert1", *(one.username for one in more)):
            hand_in(application, name)
        hand_in(application, "expert3", **LOW)
        for name, address in (("city_decider", panel_page(application)), ("expert1", page(application))):
            client = signed_in(make.user(name))
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counted.append(len(queries))
    assert counted[:2] == counted[2:]
