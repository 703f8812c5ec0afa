"""抄送 of several at once: who gets which is shown first, then each for itself."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.services import tasks
from accreditation.services.copies import copy_to
from accreditation.services.recusals import recuse
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.page import parse
from workflows.models import Copy, Event

pytestmark = pytest.mark.django_db
PAGE = "/desk/copies/"


@pytest.fixture
def three():
    return [
        make.application_in(State.DISTRICT_REVIEW, leader_name=name) for name in ("王金山", "张毅", "周亚平")
    ]


@pytest.fixture
def clerk():
    """A member of the city's office without any grant."""
    return make.member(make.cast().city, username="clerk", name="文静")


def sent(applications, *people, **changed: Any) -> dict[str, Any]:
    return {
        "applications": [f"{one.public_id}:{one.version}" for one in applications],
        "people": [str(one.public_id) for one in people],
        "note": "请知悉。",
        "act": "preview",
    } | changed


def signed(answer) -> dict[str, Any]:
    values = [one["value"] for one in parse(answer).all("[name=copies]")]
    return {"act": "sign", "note": "请知悉。", "copies": values}


def leader(row) -> str:
    return row["application"].studio.leader_name


def test_each_is_copied_with_its_own_event_after_a_preview_that_writes_nothing(signed_in, three, clerk):
    client, other = signed_in(make.user("district_decider")), make.user("city_decider")
    recuse(three[1], by=make.user("district_reviewer"), at=NOW, reason="亲属。")
    copy_to(three[2], by=make.user("district_decider"), people=[clerk], at=NOW)
    before = Event.objects.count()
    page = client.get(PAGE, {"applications": [str(one.public_id) for one in three]})
    assert {"clerk", "city_decider", "district_reviewer"} <= {
        person.username for person, _place in page.context["offered"]
    }
    assert "district_decider" not in {person.username for person, _place in page.context["offered"]}
    preview = client.post(PAGE, sent(three, clerk, other, make.user("district_reviewer")))
    shown = {
        line.application.studio.leader_name: ([one.username for one in people], out)
        for line, people, out, _value in preview.context["rows"]
    }
    assert {name: (sorted(people), out) for name, (people, out) in shown.items()} == {
        "王金山": (["city_decider", "clerk", "district_reviewer"], []),
        "张毅": (["city_decider", "clerk"], ["姓名district_reviewer已对这一件回避"]),
        "周亚平": (["city_decider", "district_reviewer"], ["文静已经收到抄送"]),
    }
    assert Event.objects.count() == before
    outcome = client.post(PAGE, signed(preview))
    assert ([leader(row) for row in outcome.context["done"]], outcome.context["again"]) == (
        ["王金山", "张毅", "周亚平"],
        [],
    )
    events = Event.objects.filter(action="copy", stream__in=[one.stream for one in three])
    assert events.count() == 4
    assert Copy.objects.filter(user=clerk).count() == 3
    twice = client.post(PAGE, signed(preview))
    assert len(twice.context["again"]) == 3


def test_what_is_not_theirs_is_refused_beforehand_and_again_when_it_is_signed(signed_in, three, clerk):
    named = make.application_in(State.NAMED, leader_name="米钰林")
    tasks.claim(three[0], by=make.user("district_reviewer"), at=NOW)
    client = signed_in(make.user("district_decider"))
    preview = client.post(PAGE, sent([*three, named], clerk))
    assert [line.application.studio.leader_name for line, *_rest in preview.context["rows"]] == [
        "王金山",
        "张毅",
        "周亚平",
    ]
    assert {line.application.studio.leader_name: line.why for line, _out in preview.context["refused"]} == {
        "米钰林": "您没有办理这一环节的权限。"
    }
    values = signed(preview)
    make.member(make.cast().district, "audit", username="district_decider")
    outcome = client.post(PAGE, values)
    assert outcome.status_code == 404 or [row["title"] for row in outcome.context["again"]]
    assert Copy.objects.count() == 0


def test_what_the_form_lacks_is_said_and_others_see_nothing(signed_in, three, clerk):
    client = signed_in(make.user("district_decider"))
    assert "没有选取" in client.get(PAGE).content.decode()
    assert "没有选取" in client.get(PAGE, {"applications": "x"}).content.decode()
    nobody = client.post(PAGE, sent(three))
    assert (nobody.status_code, nobody.context["form"].errors) == (422, {"people": ["选择抄送给谁"]})
    stranger = client.post(PAGE, sent(three, make.user("applicant")))
    assert stranger.status_code == 422
    nothing = client.post(PAGE, sent(three, clerk, act="sign"))
    assert (nothing.status_code, nothing.context["signed"].errors) == (422, {"copies": ["至少留下一件"]})
    back = client.post(PAGE, sent(three, clerk, act="back"))
    assert (back.status_code, back.context["sent"]) == (200, {str(clerk.public_id)})
    other = signed_in(make.cast("other").district_decider)
    assert "王金山" not in other.post(PAGE, sent(three, clerk)).content.decode()
    assert signed_in(make.user("applicant")).get(PAGE).status_code == 404


def test_the_pages_cost_the_same_at_1_and_at_30_rows(signed_in, clerk):
    client = signed_in(make.user("district_decider"))
    applications = [make.application_in(State.DISTRICT_REVIEW, leader_name="王0")]

    def cost():
        client.post(PAGE, sent(applications, clerk))
        with CaptureQueriesContext(connection) as caught:
            answer = client.post(PAGE, sent(applications, clerk))
        assert len(answer.context["rows"]) == len(applications)
        return len(caught)

    one = cost()
    applications += [make.application_in(State.DISTRICT_REVIEW, leader_name=f"王{n}") for n in range(1, 30)]
    assert cost() == one
