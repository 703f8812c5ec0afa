"""A card that keeps itself while it is filled in: what is answered, what two pages do, and who sees nothing of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Scorecard
from accreditation.queries.judging import seen_of
from accreditation.services import panel
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.test_review import page, text
from tests.accreditation.reviewer.test_scoring_pages import filled, own
from tests.page import parse
from workflows.models import Event

pytestmark = pytest.mark.django_db
SECRET = "此评语只有写的人看得到"
MARK, WORDS = "mark-leader.skill", "comment-leader.skill"


@pytest.fixture
def scoring():
    """An application before a panel whose quorum is two of three."""
    make.cycle(quorum=2)
    return make.application_in(State.PANEL_SCORING)


def draft(client, application, **sent):
    """Send what the page sends by itself."""
    return client.post(page(application, "score/draft/"), sent)


def parts(response):
    """The parts of an answer by their ids."""
    return {part["id"]: part for part in parse(response).one("[data-kept]").all("[id]")}


def test_a_draft_keeps_itself_and_the_answer_is_what_changes_on_the_page(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    response = draft(client, scoring, seen=seen_of({}), **{MARK: "3.5"})
    assert response.status_code == 200
    answer = parts(response)
    assert answer["tally-note"].words == "12:00已存"
    assert answer["tally-total"].words == "43.5 / 100"
    assert answer["sum-leader"].words.endswith("/ 20")
    assert answer["need-leader.skill"].words == "加评语"
    assert answer["card-seen"]["value"] == seen_of(own(scoring).marks)
    assert (own(scoring).marks["leader.skill"]["points"], own(scoring).saved_at) == ("3.5", NOW)


def test_a_low_mark_opens_its_comment(signed_in, scoring):
    answer = parts(draft(signed_in(make.user("expert1")), scoring, seen=seen_of({}), **{MARK: "1"}))
    need = answer["need-leader.skill"]
    assert (need.words, need.get("data-open")) == ("评语（低于半数，须写）", "")


def test_every_part_of_the_answer_has_its_place_on_the_page(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    shown = {one["id"] for one in parse(client.get(page(scoring, "score/"))).all("[id]")}
    assert set(parts(draft(client, scoring, seen=seen_of({}), **{MARK: "1"}))) <= shown


@pytest.mark.parametrize("typed", ["4.3", "5", "-1", "x"])
def test_a_mark_that_is_none_is_told_in_place_and_nothing_is_kept(signed_in, scoring, typed):
    client = signed_in(make.user("expert1"))
    response = draft(client, scoring, seen=seen_of({}), **{MARK: typed, WORDS: "写了一半"})
    assert response.status_code == 422
    answer = parts(response)
    assert "填0至4分，以0.5分为一档" in answer["wrong-leader.skill"].words
    assert (answer["tally-note"].words, "card-seen" in answer) == ("有分数填错，未存", False)
    assert (own(scoring).marks, own(scoring).saved_at) == ({}, None)


def test_an_older_page_does_not_overwrite_a_newer_one_and_says_so(signed_in, scoring, clock):
    client = signed_in(make.user("expert1"))
    opened = seen_of({})
    draft(client, scoring, seen=opened, **{MARK: "3"})
    clock(NOW + timedelta(minutes=5))
    response = draft(client, scoring, seen=opened, **{MARK: "2.5", WORDS: "另一个页面"})
    assert response.status_code == 409
    answer = parts(response)
    assert "您已于9月2日12:00在另一个页面存过这张评分卡" in answer["not-saved"].words
    assert answer["tally-note"].words == "别的页面存过，本页未存"
    assert [cell.words for cell in answer["not-saved"].all("tbody th, tbody td")] == [
        "技能等级或职称", "3分", "2.5分 另一个页面",
    ]  # fmt: skip
    assert "card-seen" not in answer
    assert own(scoring).marks["leader.skill"] == {"points": "3", "comment": ""}


def test_without_script_the_older_page_keeps_what_was_typed_and_overwrites_only_when_told_again(
    signed_in, scoring
):
    client = signed_in(make.user("expert1"))
    opened = seen_of({})
    client.post(page(scoring, "score/"), {"seen": opened, MARK: "3", "do": "save"})
    refused = client.post(page(scoring, "score/"), {"seen": opened, MARK: "2.5", "do": "save"})
    assert refused.status_code == 409
    assert "再按“暂存”，就以下方的为准" in text(refused)
    form = parse(refused).one("form[data-failed]")
    assert form.get("data-autosave") is None
    assert form.one(f'[name="{MARK}"]')["value"] == "2.5"
    assert own(scoring).marks["leader.skill"]["points"] == "3"
    again = client.post(
        page(scoring, "score/"), {"seen": form.one('[name="seen"]')["value"], MARK: "2.5", "do": "save"}
    )
    assert again.status_code == 302
    assert own(scoring).marks["leader.skill"]["points"] == "2.5"


def test_the_same_marks_from_an_older_page_are_no_conflict(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    for _time in range(2):
        assert draft(client, scoring, seen=seen_of({}), **{MARK: "3"}).status_code == 200


def test_a_page_that_names_no_card_is_out_of_date(signed_in, scoring):
    client = signed_in(make.user("expert1"))
    assert draft(client, scoring, **{MARK: "3"}).status_code == 409
    assert own(scoring).marks == {}


def test_a_save_after_handing_in_or_after_the_end_is_refused_in_place(signed_in, scoring):
    first, second = signed_in(make.user("expert1")), signed_in(make.user("expert2"))
    panel.score(
        scoring, by=make.user("expert1"), at=NOW, expected_version=scoring.version,
        judged=make.full_marks(), comments={},
    )  # fmt: skip
    response = draft(first, scoring, **filled(scoring))
    assert response.status_code == 403
    assert "或者已经交卡" in parts(response)["not-saved"].words
    make.score_by_all(scoring, make.cast().experts[2:], NOW)
    panel.conclude(scoring, by=make.user("city_decider"), at=NOW, expected_version=scoring.version)
    response = draft(second, scoring, **filled())
    assert response.status_code == 409
    assert "这一件现在不在专家评分环节" in parts(response)["not-saved"].words
    assert "您填的还在本页" in parts(response)["not-saved"].words


def test_only_who_has_a_seat_has_a_draft(signed_in, scoring):
    make.expert(username="unseated")
    make.member(make.city(), "manage", username="manager")
    for name in ("city_decider", "district_decider", "unseated", "applicant", "manager"):
        assert draft(signed_in(make.user(name)), scoring, **filled()).status_code == 404
    assert signed_in(make.user("expert1")).get(page(scoring, "score/draft/")).url == "../"


def test_a_draft_is_seen_by_nobody_else(signed_in, scoring):
    """Not on a page, not at the card's address, not in the timeline, on a desk, in a list or a file."""
    panel.save_card(
        scoring, by=make.user("expert1"), at=NOW, judged=make.full_marks(), comments={"leader.skill": SECRET}
    )
    card = own(scoring)
    code = scoring.public_id
    addresses = [
        page(scoring), page(scoring, "score/"), page(scoring, "score/sign/"), page(scoring, "visits/"),
        f"/audit/{code}/", f"/audit/{code}/card/{card.public_id}/", f"/applications/{code}/",
        f"/office/panel/{code}/", "/desk/", "/desk/?show=panels", "/desk/done/", "/audit/",
        "/cycles/", "/cycles/2026/", f"/revisions/{code}/1/", "/register/",
    ]  # fmt: skip
    make.member(make.city(), "manage", username="manager")
    make.member(make.city(), "audit", username="auditor")
    superuser = make.member(make.city(), username="superuser")
    superuser.is_superuser = True
    superuser.save(update_fields=["is_superuser"])
    readers = ("expert2", "city_decider", "manager", "auditor", "superuser", "district_decider", "applicant")
    for name in readers:
        client = signed_in(make.user(name))
        for address in addresses:
            answer = client.get(address, follow=True)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert SECRET not in body.decode(), (name, address)
            assert str(card.public_id) not in body.decode().replace(address, ""), (name, address)
        assert client.get(f"/audit/{code}/card/{card.public_id}/").status_code == 404
    assert SECRET in signed_in(make.user("expert1")).get(page(scoring, "score/")).content.decode()
    assert not Event.objects.filter(stream=scoring.stream, body__contains=SECRET).exists()


def test_a_save_asks_the_database_as_often_for_few_seats_as_for_many(signed_in):
    make.cycle(quorum=2)
    few = make.application_in(State.PANEL_SCORING)
    many = make.application_in(State.PANEL_SCORING, leader_name="张毅")
    more = [make.expert(username=f"more{number}") for number in range(12)]
    panel.convene(many, by=make.user("city_decider"), at=NOW, expected_version=many.version, experts=more)
    client = signed_in(make.user("expert1"))
    draft(client, few, seen=seen_of({}), **{MARK: "1"})  # warms what is kept
    counted = []
    for application in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            draft(client, application, seen=seen_of(own(application).marks), **{MARK: "3"})
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert Scorecard.objects.filter(saved_at=NOW).count() == 2
