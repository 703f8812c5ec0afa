"""The factories reach every state through the services alone."""

import pytest

from accreditation.states import State
from tests.factories import application_in, cast, fresh

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", State)
def test_an_application_can_be_walked_to_every_state(state: State) -> None:
    application = application_in(state)
    assert (application.state, fresh(application).state) == (state, state)


def test_another_branch_has_people_and_organisations_of_its_own() -> None:
    ours, theirs = application_in(State.NAMED), application_in(State.NAMED, cast("other"))
    assert ours.city == theirs.city
    assert not {ours.enterprise, ours.union, ours.district} & {
        theirs.enterprise,
        theirs.union,
        theirs.district,
    }
