"""What is laid in again is what the services made, to the last column."""

import pytest
from django.db import transaction
from django.forms import model_to_dict

from accreditation.models import Application
from accreditation.states import State
from tests import factories, laid

pytestmark = pytest.mark.django_db


def made(state: State, *, ahead: State | None) -> tuple[laid.Rows, list[Application]]:
    """Return every row there is after an application was walked to a state, and what the factory returned."""
    with transaction.atomic():
        who = factories.cast()
        first = [factories.application_in(ahead, who, leader_name="李江")] if ahead else []
        applications = [*first, factories.application_in(state)]
        rows = laid._rows()
        transaction.set_rollback(True)
    return rows, applications


@pytest.mark.parametrize("ahead", [None, State.CITY_DECISION])
@pytest.mark.parametrize("state", [State.DRAFT, State.DISTRICT_REVIEW, State.NAMED])
def test_it_is_the_same_when_it_is_laid_in_again(state: State, ahead: State | None) -> None:
    (worked_out, made_first), (laid_in, made_again) = made(state, ahead=ahead), made(state, ahead=ahead)
    assert laid_in == worked_out
    assert [model_to_dict(one) for one in made_again] == [model_to_dict(one) for one in made_first]


def test_it_is_worked_out_where_anything_else_was_done_before() -> None:
    made(State.DISTRICT_REVIEW, ahead=None)
    who = factories.cast()
    who.cycle.title = "另一批次"
    who.cycle.save(update_fields=["title"])
    known = set(laid._laid)
    application = factories.application_in(State.DISTRICT_REVIEW)
    assert application.cycle.title == "另一批次"
    assert set(laid._laid) == known
