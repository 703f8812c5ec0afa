"""An expert's card: kept, looked at, handed in; what others may read of it, and when."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from accreditation.forms.scorecard import mark_name
from accreditation.models import Scorecard
from accreditation.queries.judging import seen_of
from accreditation.services import panel, review
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.test_review import page, text

pytestmark = pytest.mark.django_db


def filled(application=None, **changes):
    """A card in full marks, as the form sends it: from a page of the card as it is now, or of a blank one."""
    marks = {mark_name(code): str(points) for code, points in make.full_marks().items()}
    seen = seen_of(own(application).marks if application else {})
    return marks | {"do": "save", "seen": seen} | changes


def own(application, name="expert1"):
    return Scorecard.objects.get(
        application=application, expert__username=name, revision__number=application.revision_number
    )


def sign(client, application):
    """Look at the totals and hand the card in."""
    shown = client.get(page(application, "score/sign/"))
    return client.post(
        page(application, "score/sign/"), {"version": application.version, "seen": shown.context["seen"]}
    )


@pytest.fixture
def scoring():
    """An application before a panel whose quorum is two of three."""
    make.cycle(quorum=2)
    return make.application_in(State.PANEL_SCORING)


def test_a_draft_is_kept_as_far_as_it_goes(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    response = client.post(
        page(scoring, "score/"),
        {"mark-leader.skill": "3.5", "comment-leader.skill": "高级技师", "seen": seen_of({}), "do": "save"},
    )
    assert response.status_code == 302
    card = own(scoring)
    assert card.marks["leader.skill"] == {"points": "3.5", "comment": "高级技师"}
    assert (card.saved_at, card.submitted_at) == (NOW, None)
    shown = client.get(page(scoring, "score/"))
    assert shown.context["form"]["mark-leader.skill"].value() == "3.5"
    assert shown.context["left"] == len(make.full_marks()) - 1


def test_the_running_total_adds_computed_and_judged_marks(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    assert client.get(page(scoring, "score/")).context["total"].total == Decimal(40)
    client.post(page(scoring, "score/"), filled())
    assert client.get(page(scoring, "score/")).context["total"].total == Decimal(100)


@pytest.mark.parametrize("typed", ["4.3", "5", "-1", "x"])
def test_a_mark_that_is_none_is_said_beside_it_and_nothing_is_kept(signed_in, scoring, typed):
    client = signed_in(make.user("expert1"))
    response = client.post(page(scoring, "score/"), filled(**{"mark-leader.skill": typed}))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"mark-leader.skill"}
    assert "填0至4分，以0.5分为一档" in text(response)
    assert own(scoring).marks == {}


def test_signing_lists_what_is_missing_and_low_marks_want_a_comment(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    sent = filled(do="sign", **{"mark-leader.skill": "1", "mark-topics.patents": ""})
    response = client.post(page(scoring, "score/"), sent)
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "mark-leader.skill": ["“技能等级或职称”低于2分，写明评语"],
        "mark-topics.patents": ["评定“专利与获奖”，0至6分"],
    }
    assert client.get(page(scoring, "score/sign/")).status_code == 302
    assert own(scoring).submitted_at is None


def test_a_card_is_handed_in_after_a_look_at_its_totals(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    assert client.post(page(scoring, "score/"), filled(do="sign")).url == page(scoring, "score/sign/")
    shown = client.get(page(scoring, "score/sign/"))
    assert shown.context["view"].total.total == Decimal(100)
    assert "签署并交卡，100分" in text(shown)
    response = sign(client, scoring)
    assert (response.status_code, response.url) == (302, "/desk/")
    assert own(scoring).total == Decimal(100)
    assert client.get(page(scoring, "score/"), follow=True).context["card"] == own(scoring)


def test_a_double_click_on_signing_is_refused_and_the_card_stands(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    client.post(page(scoring, "score/"), filled(do="sign"))
    seen = client.get(page(scoring, "score/sign/")).context["seen"]
    sent = {"version": scoring.version, "seen": seen}
    first, second = (client.post(page(scoring, "score/sign/"), sent) for _time in range(2))
    assert (first.status_code, second.status_code) == (302, 403)
    assert "或者已经交卡" in text(second)


def test_a_card_changed_elsewhere_is_not_signed_unseen(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    client.post(page(scoring, "score/"), filled(do="sign"))
    seen = client.get(page(scoring, "score/sign/")).context["seen"]
    client.post(page(scoring, "score/"), filled(scoring, **{"mark-leader.skill": "2"}))
    response = client.post(page(scoring, "score/sign/"), {"version": scoring.version, "seen": seen})
    assert response.status_code == 409
    assert own(scoring).submitted_at is None


def test_a_submitted_card_cannot_be_changed(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    client.post(page(scoring, "score/"), filled(do="sign"))
    sign(client, scoring)
    response = client.post(page(scoring, "score/"), filled(scoring, **{"mark-leader.skill": "2"}))
    assert (response.status_code, own(scoring).marks["leader.skill"]["points"]) == (403, "4")


def test_a_card_that_comes_after_the_scoring_was_concluded_is_refused_in_words(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    client.get(page(scoring, "score/"))
    who = make.cast()
    make.BEFORE[State.CITY_DECISION][1](scoring, replace(who, experts=who.experts[1:]), NOW)
    response = client.post(page(scoring, "score/"), filled())
    assert response.status_code == 409
    assert "这一件现在不在专家评分环节。" in text(response)
    assert client.get(page(scoring, "score/")).url == page(scoring)


def test_only_who_has_a_seat_has_a_card(signed_in, scoring):
    make.expert(username="unseated")
    for name in ("city_decider", "district_decider", "unseated", "applicant"):
        client = signed_in(make.user(name))
        assert client.get(page(scoring, "score/")).status_code == 404
        assert client.post(page(scoring, "score/"), filled()).status_code == 404
        assert client.post(page(scoring, "score/sign/"), {"version": scoring.version}).status_code == 404
    assert signed_in(make.user("unseated")).get(page(scoring)).status_code == 404


def test_an_expert_who_joined_the_enterprise_may_not_score(signed_in, scoring):
    make.member(make.cast().enterprise, username="expert1")
    response = signed_in(make.user("expert1")).post(page(scoring, "score/"), filled())
    assert response.status_code == 403
    assert "这是您本单位的申报，须回避。" in text(response)


def hand_in(application, name, at=NOW, **changes):
    panel.score(
        application, by=make.user(name), at=at, expected_version=application.version,
        judged=make.full_marks() | {"leader.skill": Decimal("2.5")}, comments={},
    )  # fmt: skip


def readable(signed_in, application, name):
    """Whose cards stand on the review page."""
    response = signed_in(make.user(name)).get(page(application))
    return [one.card.expert.username for one in response.context["cards"]]


def card_status(signed_in, application, reader, expert):
    card = own(application, expert)
    return (
        signed_in(make.user(reader)).get(f"/audit/{application.public_id}/card/{card.public_id}/").status_code
    )


def test_other_cards_do_not_exist_before_the_own_card_and_the_quorum_are_in(signed_in, scoring):
    hand_in(scoring, "expert3")
    assert readable(signed_in, scoring, "expert3") == ["expert3"]
    hand_in(scoring, "expert2")
    assert readable(signed_in, scoring, "expert3") == ["expert2", "expert3"]
    assert readable(signed_in, scoring, "expert1") == []
    assert card_status(signed_in, scoring, "expert1", "expert2") == 404
    body = signed_in(make.user("expert1")).get(page(scoring, "score/")).content.decode()
    assert str(own(scoring, "expert2").public_id) not in body
    assert "98.5" not in body
    hand_in(scoring, "expert1")
    assert readable(signed_in, scoring, "expert1") == ["expert1", "expert2", "expert3"]
    assert card_status(signed_in, scoring, "expert1", "expert2") == 200


def test_below_the_quorum_not_even_those_who_handed_in_read_each_other(signed_in):
    make.cycle(quorum=3)
    application = make.application_in(State.PANEL_SCORING)
    hand_in(application, "expert1")
    hand_in(application, "expert2")
    shown = signed_in(make.user("expert1")).get(page(application))
    assert [one.card.expert.username for one in shown.context["cards"]] == ["expert1"]
    assert "您交卡、且交满法定人数后，显示其他专家的评分。" in text(shown)
    assert card_status(signed_in, application, "expert1", "expert2") == 404
    timeline = signed_in(make.user("expert1")).get(f"/audit/{application.public_id}/")
    assert str(own(application, "expert2").public_id) not in timeline.content.decode()
    hand_in(application, "expert3")
    assert readable(signed_in, application, "expert1") == ["expert1", "expert2", "expert3"]
    assert card_status(signed_in, application, "expert1", "expert2") == 200


def test_a_scoring_broken_off_before_the_quorum_never_shows_its_cards_to_the_experts(signed_in):
    make.cycle(quorum=3)
    application = make.application_in(State.PANEL_SCORING)
    hand_in(application, "expert1")
    hand_in(application, "expert2")
    decider = make.user("city_decider")
    review.send_back(application, by=decider, at=NOW, expected_version=application.version, reason="补正。")
    assert readable(signed_in, make.fresh(application), "expert1") == ["expert1"]
    assert readable(signed_in, make.fresh(application), "expert3") == []
    # Who broke it off could take that back, and would then go on having read them.
    assert readable(signed_in, make.fresh(application), "city_decider") == []
    assert card_status(signed_in, application, "city_decider", "expert1") == 404
    make._submit(make.fresh(application), make.cast(), NOW + timedelta(hours=1))
    assert card_status(signed_in, application, "city_decider", "expert1") == 200


def test_who_decides_reads_cards_only_when_the_scoring_is_concluded(signed_in, scoring):
    for name in ("expert1", "expert2", "expert3"):
        hand_in(scoring, name)
    assert readable(signed_in, scoring, "city_decider") == []
    assert card_status(signed_in, scoring, "city_decider", "expert1") == 404
    make.member(make.city(), "decide", "audit", username="city_decider")
    assert card_status(signed_in, scoring, "city_decider", "expert1") == 404
    make.member(make.city(), "decide", username="city_decider")
    panel.conclude(scoring, by=make.user("city_decider"), at=NOW, expected_version=scoring.version)
    concluded = make.fresh(scoring)
    assert readable(signed_in, concluded, "city_decider") == ["expert1", "expert2", "expert3"]
    assert card_status(signed_in, concluded, "city_decider", "expert1") == 200
    result = signed_in(make.user("city_decider")).get(page(concluded)).context["result"]
    assert (result.total, result.spread) == (Decimal("98.50"), Decimal(0))


def test_the_lower_levels_and_the_applicant_never_read_cards(signed_in):
    application = make.application_in(State.CITY_DECISION)
    assert readable(signed_in, application, "district_decider") == []
    assert signed_in(make.user("district_decider")).get(page(application)).context["result"] is None
    for name in ("district_decider", "union_decider", "applicant"):
        assert card_status(signed_in, application, name, "expert1") == 404


def test_in_a_second_round_the_first_rounds_cards_are_hidden_until_the_own_card_is_in(signed_in, scoring):
    hand_in(scoring, "expert1")
    hand_in(scoring, "expert2")
    first_round = own(scoring, "expert2")
    decider = make.user("city_decider")
    review.send_back(scoring, by=decider, at=NOW, expected_version=scoring.version, reason="补正。")
    returned = make.fresh(scoring)
    who = make.cast()
    make._submit(returned, who, NOW + timedelta(hours=1))
    again = make.fresh(returned)
    make._convene(again, who, NOW + timedelta(hours=2))
    second = make.fresh(again)
    address = f"/audit/{second.public_id}/card/{first_round.public_id}/"
    assert signed_in(make.user("expert1")).get(address).status_code == 404
    hand_in(second, "expert1", NOW + timedelta(hours=3))
    assert signed_in(make.user("expert1")).get(address).status_code == 200
