"""Which versions the applications of a cycle follow, and what a move has to take into account."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Q, QuerySet

from accreditation.models import Application, Cycle, Revision, Rubric, Scorecard
from accreditation.states import ENDED, State
from workflows.models import Task

ON_THE_WAY = tuple(state for state in State if state not in ENDED and state != State.DRAFT)
"""Submitted and not ended: these follow a version of their own."""


@dataclass(frozen=True)
class Cards:
    """How many cards of an application are handed in, on any revision, and how many are open on the current one."""

    handed_in: int = 0
    open: int = 0


@dataclass(frozen=True)
class Group:
    """How many applications follow the same versions in the same state."""

    process: str
    rubric: str
    state: str
    count: int


def on_the_way(
    cycle: Cycle, *, process: str = "", rubric: str = "", state: str = ""
) -> QuerySet[Application]:
    """Return the cycle's applications that are on their way, narrowed to a version or a state, by number."""
    found = cycle.applications.filter(state__in=ON_THE_WAY)
    for name, value in (("process_version", process), ("rubric__version", rubric), ("state", state)):
        if value:
            found = found.filter(**{name: value})
    return found.select_related("cycle", "studio", "enterprise", "district", "city", "rubric").order_by(
        "number"
    )


def groups(cycle: Cycle) -> list[Group]:
    """Return how many follow which versions in which state. One query."""
    rows = (
        cycle.applications.filter(state__in=ON_THE_WAY)
        .order_by()
        .values_list("process_version", "rubric__version", "state")
        .annotate(count=Count("pk"))
    )
    order = {state: place for place, state in enumerate(State.values)}
    return sorted((Group(*row) for row in rows), key=lambda one: (one.process, one.rubric, order[one.state]))


def picked(cycle: Cycle, public_ids: Iterable[UUID]) -> list[Application]:
    """Return the applications of the cycle with these identifiers, whatever their state; drafts are nobody else's."""
    found = cycle.applications.filter(public_id__in=public_ids).exclude(submitted_at=None)
    return list(
        found.select_related("cycle", "studio", "enterprise", "district", "city", "rubric").order_by("number")
    )


def cards_of(applications: Sequence[Application]) -> Mapping[int, Cards]:
    """Return the counts of cards by application. One query."""
    current = Q(revision__number=F("application__revision_number"), submitted_at=None)
    rows = (
        Scorecard.objects.filter(application__in=applications)
        .order_by()
        .values("application_id")
        .annotate(handed=Count("pk", filter=~Q(submitted_at=None)), waiting=Count("pk", filter=current))
    )
    found: defaultdict[int, Cards] = defaultdict(Cards)
    found.update({row["application_id"]: Cards(row["handed"], row["waiting"]) for row in rows})
    return found


def tasks_of(applications: Sequence[Application]) -> Mapping[int, list[Task]]:
    """Return the open tasks by application. One query."""
    kind = ContentType.objects.get_for_model(Application)
    tasks = Task.objects.filter(
        content_type=kind, object_id__in=[one.pk for one in applications], closed_at=None
    ).select_related("office", "assignee")
    found: defaultdict[int, list[Task]] = defaultdict(list)
    for task in tasks.order_by("pk"):
        found[task.object_id].append(task)
    return found


def current_documents(applications: Sequence[Application]) -> dict[int, Mapping[str, Any]]:
    """Return the documents of the current revisions by application. One query."""
    rows = Revision.objects.filter(
        application__in=applications, number=F("application__revision_number")
    ).values_list("application_id", "document")
    return {pk: json.loads(document) for pk, document in rows}


def rubrics() -> QuerySet[Rubric]:
    """Return every rubric that was loaded, the latest first."""
    return Rubric.objects.order_by("-loaded_at", "-pk")
