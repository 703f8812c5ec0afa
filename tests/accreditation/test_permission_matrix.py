"""Who may take which step: every role of every organisation in every state, against a table written by hand."""

from typing import Any

import pytest

from accreditation.models import User
from accreditation.permissions import GRANTS
from accreditation.process import ReviewProcess
from accreditation.services import offices, review
from accreditation.services.offices import grants_possible
from accreditation.states import State
from tests import factories
from workflows.actors import PUBLIC, SYSTEM
from workflows.engine import allowed_actions
from workflows.refusals import NotPermitted

APPLICANT = ("enterprise", "apply")
UNION = {"review": ("union", "review"), "decide": ("union", "decide")}
DISTRICT = {"review": ("district", "review"), "decide": ("district", "decide")}
CITY = ("city", "decide")

ALLOWED = {
    "draft": {APPLICANT: {"submit", "withdraw"}},
    "enterprise_review": {
        APPLICANT: {"withdraw"},
        UNION["review"]: {"send_back"},
        UNION["decide"]: {"recommend", "send_back", "reject"},
    },
    "district_review": {
        APPLICANT: {"withdraw"},
        DISTRICT["review"]: {"send_back", "return_to_level"},
        DISTRICT["decide"]: {"recommend", "send_back", "return_to_level", "reject"},
    },
    "city_intake": {APPLICANT: {"withdraw"}, CITY: {"convene", "send_back", "return_to_level", "reject"}},
    "panel_scoring": {
        APPLICANT: {"withdraw"},
        CITY: {"convene", "conclude", "send_back"},
        "expert": {"score"},
    },
    "city_decision": {APPLICANT: {"withdraw"}, CITY: {"approve", "send_back", "return_to_level", "reject"}},
    "listed": {APPLICANT: {"withdraw"}, CITY: {"publish", "send_back", "return_to_level", "reject"}},
    "public_notice": {APPLICANT: {"withdraw"}, "system": {"end_notice"}, "public": {"file_objection"}},
    "objection": {
        APPLICANT: {"withdraw"},
        CITY: {"dismiss_objection", "uphold_objection", "reject"},
        "public": {"file_objection"},
    },
    "notice_ended": {APPLICANT: {"withdraw"}, CITY: {"name_studio"}},
    "named": {},
    "returned_by_enterprise": {APPLICANT: {"resubmit", "withdraw"}},
    "returned_by_district": {APPLICANT: {"resubmit", "withdraw"}},
    "returned_by_city": {APPLICANT: {"resubmit", "withdraw"}},
    "rejected": {},
    "withdrawn": {},
}
"""State → (organisation, grant) or special actor → steps. Whatever is not here is refused.

Taking back is not in it: that is no role's, but of who took the last decision (see below).
"""
DECIDED_BY = {
    "district_review": "union_decider",
    "city_intake": "district_decider",
    "listed": "city_decider",
    "returned_by_enterprise": "union_reviewer",
    "returned_by_district": "district_reviewer",
    "returned_by_city": "city_decider",
    "rejected": "district_decider",
}
"""State → who of the cast brought it there by a decision that can be taken back."""


def stranger(**fields: bool) -> User:
    """Return somebody who belongs nowhere."""
    return User.objects.create_user(f"stranger{User.objects.count()}", name="路人", **fields)


def test_the_table_names_every_state() -> None:
    assert set(ALLOWED) == set(State.values)


@pytest.mark.django_db
@pytest.mark.parametrize("state", State.values)
def test_every_role_may_take_exactly_the_steps_of_the_table(state: str) -> None:
    application = factories.application_in(state)
    other = factories.cast("other")
    organisations = {
        "enterprise": application.enterprise,
        "union": application.union,
        "district": application.district,
        "city": application.city,
        "other enterprise": other.enterprise,
        "other union": other.union,
        "other district": other.district,
    }
    actors: dict[Any, Any] = {
        (place, grant): factories.member(organisation, *({grant} & set(grants_possible(organisation))))
        for place, organisation in organisations.items()
        for grant in GRANTS
    }
    actors |= {"system": SYSTEM, "public": PUBLIC, "nobody": stranger()}
    actors["superuser"] = stranger(is_superuser=True)
    if state == State.PANEL_SCORING:
        actors["expert"] = factories.cast().experts[0]

    taken = {who: set(allowed_actions(ReviewProcess(application), actor)) for who, actor in actors.items()}

    assert {who: steps for who, steps in taken.items() if steps} == ALLOWED[state]


@pytest.mark.django_db
@pytest.mark.parametrize("state", State.values)
def test_only_who_took_the_last_decision_may_take_it_back(state: str) -> None:
    application, who = factories.application_in(state), factories.cast()
    roles = ["applicant", "union_reviewer", "union_decider", "district_reviewer", "district_decider"]
    people = {role: getattr(who, role) for role in [*roles, "city_decider"]}

    may = {
        role for role, one in people.items() if "recall" in allowed_actions(ReviewProcess(application), one)
    }

    assert may == ({DECIDED_BY[state]} if state in DECIDED_BY else set())


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["enterprise_review", "district_review", "city_intake"])
def test_nobody_decides_on_their_own_enterprise(state: str) -> None:
    application = factories.application_in(state)
    decider = factories.member(application.office_at(application.level), "review", "decide")
    factories.member(application.enterprise, username=decider.username)

    assert allowed_actions(ReviewProcess(application), decider) == {}


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "office"), [("district_review", "district"), ("city_intake", "city")])
def test_nobody_decides_at_two_levels(state: str, office: str) -> None:
    application = factories.application_in(state)
    first = factories.cast().union_decider
    offices.end_membership(application.union, first, by=SYSTEM, at=factories.AT)
    factories.member(getattr(application, office), "review", "decide", username=first.username)

    assert allowed_actions(ReviewProcess(application), first) == {}


@pytest.mark.django_db
def test_a_revoked_grant_stops_the_action_already_on_screen() -> None:
    application = factories.application_in("enterprise_review")
    decider = factories.cast().union_decider

    offices.set_grants(application.union, decider, set(), by=SYSTEM, at=factories.AT)

    with pytest.raises(NotPermitted):
        review.recommend(
            application,
            by=decider,
            at=factories.AT,
            expected_version=application.version,
            reason="同意推荐。",
        )


@pytest.mark.django_db
def test_an_inactive_account_may_do_nothing() -> None:
    application = factories.application_in("enterprise_review")
    decider = factories.cast().union_decider
    decider.is_active = False
    decider.save()

    assert allowed_actions(ReviewProcess(application), decider) == {}


@pytest.mark.django_db
def test_who_submitted_an_application_does_not_judge_it_even_after_leaving_the_enterprise() -> None:
    application = factories.application_in("district_review")
    applicant = factories.cast().applicant
    offices.end_membership(application.enterprise, applicant, by=SYSTEM, at=factories.AT)
    factories.member(application.district, "review", "decide", username=applicant.username)

    assert allowed_actions(ReviewProcess(application), applicant) == {}
