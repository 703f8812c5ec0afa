"""How a step of the process is declared: from, to, who may, what it needs, and what becomes of the tasks."""

from collections.abc import Mapping
from typing import Any

from viewflow import fsm

from accreditation.permissions import (
    APPLY,
    DECIDE,
    REVIEW,
    AtLevel,
    anybody,
    may_apply,
    may_score,
    only_system,
)
from accreditation.states import ActionWord, Level, State
from accreditation.work import may_recall
from workflows.process import Role

APPLICANT = Role(APPLY, "applicant", may_apply)
UNION_REVIEWS = Role(REVIEW, Level.ENTERPRISE, AtLevel(Level.ENTERPRISE, (REVIEW, DECIDE)))
UNION_DECIDES = Role(DECIDE, Level.ENTERPRISE, AtLevel(Level.ENTERPRISE, (DECIDE,)))
DISTRICT_REVIEWS = Role(REVIEW, Level.DISTRICT, AtLevel(Level.DISTRICT, (REVIEW, DECIDE)))
DISTRICT_DECIDES = Role(DECIDE, Level.DISTRICT, AtLevel(Level.DISTRICT, (DECIDE,)))
CITY_DECIDES = Role(DECIDE, Level.CITY, AtLevel(Level.CITY, (DECIDE,)))
EXPERT = Role(REVIEW, Level.CITY, may_score)
BY_ITSELF = Role("system", "", only_system)
ANYBODY = Role("public", "", anybody)
WHO_DECIDED = Role(DECIDE, "decided", may_recall)

OWN, MINE, ALL, NONE = "own", "mine", "all", "none"
STATE = fsm.State(State, default=State.DRAFT)


def step(
    source: Any,
    target: Any,
    role: Role,
    *conditions: Any,
    tasks: str,
    label: Any = None,
    favourable: bool = False,
) -> Any:
    """Declare a step: from, to, who, what it needs, and which open tasks it closes (see workflows.process)."""

    def declare(method: Any) -> Any:
        name = getattr(method, "_func", method).__name__
        return STATE.transition(
            source=source,
            target=target,
            label=label or ActionWord(name).label,
            permission=role,
            conditions=list(conditions),
            custom={"tasks": tasks, "favourable": favourable},
        )(method)

    return declare


def steps(targets: Mapping[State, Any], role: Role, *conditions: Any, tasks: str) -> Any:
    """Declare a step from each state of a table to the target that stands there."""

    def declare(method: Any) -> Any:
        for source, target in targets.items():
            method = step(source, target, role, *conditions, tasks=tasks)(method)
        return method

    return declare
