"""Where those steps lead whose end depends on the application: what was owed, decided or scored before."""

from typing import TYPE_CHECKING, Any

from viewflow import fsm

from accreditation.states import Level
from accreditation.states import State as S

if TYPE_CHECKING:
    from accreditation.process import ReviewProcess

AT_CITY = (S.CITY_INTAKE, S.PANEL_SCORING, S.CITY_DECISION, S.LISTED)


def _after_union(process: "ReviewProcess", **_facts: Any) -> S:
    """The district's review; but what the city sent back goes straight to the city."""
    return _at_city(process) if process.subject.owed_to == Level.CITY else S.DISTRICT_REVIEW


def _at_city(process: "ReviewProcess", **_facts: Any) -> S:
    """The city's intake; but what its panel has scored already goes straight to its decision."""
    return S.CITY_INTAKE if process.subject.total is None else S.CITY_DECISION


def _at_level(process: "ReviewProcess", level: str = "", **_facts: Any) -> S:
    """The review of the level that is named."""
    reviews = {Level.ENTERPRISE: S.ENTERPRISE_REVIEW, Level.DISTRICT: S.DISTRICT_REVIEW}
    return next((state for name, state in reviews.items() if name == level), S(process.subject.state))


def _where_decided(process: "ReviewProcess", **_facts: Any) -> S:
    """The state in which the decision was taken."""
    decision = process.last_decision()
    return S(decision.from_state if decision else process.subject.state)


UP = fsm.State.GET_STATE(_after_union, [S.DISTRICT_REVIEW, S.CITY_INTAKE, S.CITY_DECISION])
TO_CITY = fsm.State.GET_STATE(_at_city, [S.CITY_INTAKE, S.CITY_DECISION])
TO_UNION = fsm.State.GET_STATE(_at_level, [S.ENTERPRISE_REVIEW])
DOWN = fsm.State.GET_STATE(_at_level, [S.DISTRICT_REVIEW, S.ENTERPRISE_REVIEW])


def _back(*states: S) -> Any:
    """Return the target of taking a decision back: the one of the states in which it was taken."""
    return fsm.State.GET_STATE(_where_decided, list(states))


BACK = {
    S.ENTERPRISE_REVIEW: _back(S.DISTRICT_REVIEW, *AT_CITY),
    S.DISTRICT_REVIEW: _back(S.ENTERPRISE_REVIEW, *AT_CITY),
    S.CITY_INTAKE: _back(S.ENTERPRISE_REVIEW, S.DISTRICT_REVIEW),
    S.CITY_DECISION: _back(S.ENTERPRISE_REVIEW, S.DISTRICT_REVIEW),
    S.LISTED: _back(S.CITY_DECISION),
    S.RETURNED_BY_ENTERPRISE: _back(S.ENTERPRISE_REVIEW),
    S.RETURNED_BY_DISTRICT: _back(S.DISTRICT_REVIEW),
    S.RETURNED_BY_CITY: _back(*AT_CITY),
    S.REJECTED: _back(S.ENTERPRISE_REVIEW, S.DISTRICT_REVIEW, *AT_CITY),
}
"""By the state that a decision has led to: where taking it back leads."""
