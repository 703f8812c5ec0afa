"""Whom an event of an application may concern: each function answers with the keys of users.

They take the application in the state that the event brought it into, however late they are asked.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from accreditation.models import Application, OrganisationUserObjectPermission, User
from accreditation.permissions import APPLY, DECIDE, MANAGE, AtLevel
from accreditation.states import RETURNED, Level
from accreditation.work import may_work, workers_of
from workflows.models import Event, Notification, Task
from workflows.working_days import SHANGHAI

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LEFT_A_WORK = ("recommend", "return_to_level", "approve", "conclude")
"""Whoever did this has passed the application on, and is told what becomes of it."""


@dataclass(frozen=True)
class Happening:
    """An event, its application in the state it then came into, and the facts that it recorded."""

    event: Event
    application: Application
    facts: Mapping[str, Any]

    @cached_property
    def tasks(self) -> QuerySet[Task]:
        """Return the tasks of the application."""
        kind = ContentType.objects.get_for_model(Application)
        return Task.objects.filter(content_type=kind, object_id=self.application.pk)


Keys = Iterable[int | None]


def workers(happening: Happening) -> Keys:
    """The people of the office that now has the work, but for those who must keep out of it.

    Who has not declared their interests yet is among them: they can do so and then work.
    """
    application = happening.application
    for user in workers_of(application):
        verdict = may_work(application, user)
        if verdict or verdict.code == "undeclared":
            yield user.pk


def workers_if_free(happening: Happening) -> Keys:
    """The people of the office, when the work has come back to it and lies in nobody's hands."""
    free = happening.tasks.filter(kind=Task.Kind.WORK, assignee=None, closed_at=None)
    return workers(happening) if free.exists() else ()


def deciders(happening: Happening) -> Keys:
    """Those who decide for the city and need not keep out."""
    decides = AtLevel(Level.CITY, (DECIDE,))
    for user in User.objects.filter(pk__in=_granted(happening.application.city_id, DECIDE)):
        verdict = decides(happening.application, user)
        if verdict or verdict.code == "undeclared":
            yield user.pk


def deciders_at_quorum(happening: Happening) -> Keys:
    """Those who decide for the city, when this card is the one that makes up the quorum."""
    application = happening.application
    cards = application.scorecards.filter(
        revision__number=happening.facts.get("revision", 0), submitted_at__lte=happening.event.at
    )
    return deciders(happening) if cards.count() == application.cycle.quorum else ()


def applicants(happening: Happening) -> Keys:
    """The applicant's people."""
    return _granted(happening.application.enterprise_id, APPLY)


def earlier(happening: Happening) -> Keys:
    """Those who passed the application on before."""
    event = happening.event
    passed = Event.objects.filter(stream=event.stream, sequence__lt=event.sequence, action__in=LEFT_A_WORK)
    return passed.values_list("actor_id", flat=True)


def named(happening: Happening) -> Keys:
    """Those of whom the event speaks: everybody whose identifier stands among its facts."""
    said = {name: value for name, value in happening.facts.items() if name != "for"}
    found = set(UUID.findall(str(said)))
    return User.objects.filter(public_id__in=found).values_list("pk", flat=True) if found else ()


def principal(happening: Happening) -> Keys:
    """In whose place a substitute acted."""
    return (happening.event.principal_id,)


def asked(happening: Happening) -> Keys:
    """Those who were given a task by it."""
    return happening.tasks.filter(opened_at=happening.event.at).values_list("assignee_id", flat=True)


def signers(happening: Happening) -> Keys:
    """Those who are to sign."""
    asked_to = happening.tasks.filter(kind=Task.Kind.SIGNATURE, closed_at=None)
    return asked_to.values_list("assignee_id", flat=True)


def relieved(happening: Happening) -> Keys:
    """Those whose task it ended without their doing."""
    return happening.tasks.filter(closed_at=happening.event.at).values_list("assignee_id", flat=True)


def holder(happening: Happening) -> Keys:
    """Who holds the work, and who gave it into those hands."""
    work = (
        happening.tasks.filter(kind=Task.Kind.WORK, opened_at__lte=happening.event.at).order_by("pk").last()
    )
    return (work.assignee_id, work.handed_by_id) if work else ()


def reminded(happening: Happening) -> Keys:
    """Those whom it waits for: each with a task of their own, or everybody who could take it up."""
    today = happening.event.at.astimezone(SHANGHAI).date()
    awaited = happening.tasks.filter(reminded_on=today).values_list("assignee_id", flat=True)
    yield from awaited
    if None in awaited:
        yield from applicants(happening) if happening.application.state in RETURNED else workers(happening)


def above(happening: Happening) -> Keys:
    """The people of the office above, which is asked to name somebody."""
    naming = happening.tasks.filter(kind=Task.Kind.NAMING, opened_at=happening.event.at).first()
    return _granted(naming.office_id, DECIDE, MANAGE) if naming else ()


def told_before(happening: Happening) -> Keys:
    """Those who were told of the decision that is now taken back, and who may have begun to work on it."""
    event = happening.event
    moved = Q(stream=event.stream, sequence__lt=event.sequence) & ~Q(action="recall")
    decision = Event.objects.filter(moved, to_state=event.from_state).order_by("-sequence").first()
    return Notification.objects.filter(event=decision).values_list("user_id", flat=True) if decision else ()


def _granted(organisation: int, *grants: str) -> QuerySet[Any, int]:
    return OrganisationUserObjectPermission.objects.filter(
        content_object_id=organisation, permission__codename__in=grants
    ).values_list("user_id", flat=True)
