"""Who holds work and must keep out of it by now can let go of it, and do nothing else with it."""

import pytest

from accreditation.services import offices, review, signing, tasks
from accreditation.states import State
from tests import factories as make
from tests.accreditation.reviewer.conftest import NOW
from tests.accreditation.reviewer.signers import colleagues, opened
from tests.accreditation.reviewer.test_tasks import held, offered, page, told, work_of
from workflows.actors import SYSTEM
from workflows.refusals import NotPermitted, WrongState

__all__ = ["held"]
pytestmark = pytest.mark.django_db


def barred(user):
    """Make somebody one of the applicant's own people."""
    offices.add_member(make.cast().enterprise, user, by=SYSTEM, at=NOW)
    return user


def test_the_work_is_released_on_the_page_with_one_event(signed_in, held):
    client = signed_in(barred(make.user("district_reviewer")))
    assert [one for one in offered(client.get(page(held))) if one in {"release", "transfer", "delegate"}] == [
        "release"
    ]
    before = make.fresh(held).sequence
    assert client.post(page(held, "release/")).status_code == 302
    assert work_of(held).assignee is None
    assert make.fresh(held).sequence == before + 1
    assert told(held, make.user("district_decider"))[-1] == "放回待办。"


def test_the_work_is_released_in_a_batch(signed_in, held):
    client = signed_in(barred(make.user("district_reviewer")))
    sent = {"decision": "release", "applications": f"{held.public_id}:{make.fresh(held).version}"}
    assert len(client.post("/desk/batch/", sent).context["rows"]) == 1
    client.post("/desk/batch/", sent | {"act": "sign"})
    assert work_of(held).assignee is None


def test_advice_that_was_asked_for_is_withdrawn_first(signed_in, held):
    reviewer = make.user("district_reviewer")
    tasks.delegate(held, by=reviewer, to=make.user("district_decider"), at=NOW, question="效益如何？")
    client = signed_in(barred(reviewer))
    assert "withdraw-delegation" in offered(client.get(page(held)))
    with pytest.raises(WrongState):
        tasks.release(held, by=reviewer, at=NOW)
    tasks.withdraw_delegation(held, by=reviewer, at=NOW)
    tasks.release(held, by=reviewer, at=NOW)
    assert work_of(held).assignee is None


def test_a_round_is_cancelled_but_not_changed():
    application, decider = make.application_in(State.DISTRICT_REVIEW), make.user("district_decider")
    first, second = colleagues(2)
    running = opened(application, [first])
    barred(decider)
    with pytest.raises(NotPermitted):
        signing.add_signer(application, running, by=decider, at=NOW, signer=second)
    signing.cancel_round(application, running, by=decider, at=NOW)
    tasks.release(application, by=decider, at=NOW)
    assert (work_of(application).assignee, work_of(application).hold) == (None, "")


def test_nothing_else_is_theirs_to_do(held):
    reviewer = barred(make.user("district_reviewer"))
    third = make.member(make.cast().district, "review", username="third")
    with pytest.raises(NotPermitted):
        tasks.transfer(held, by=reviewer, to=third, at=NOW)
    with pytest.raises(NotPermitted):
        review.send_back(held, by=reviewer, at=NOW, expected_version=held.version, reason="补正。")
    with pytest.raises(NotPermitted):
        tasks.release(held, by=barred(make.user("district_decider")), at=NOW)
