"""拿回: which decisions can still be taken back, because nobody has acted on them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Max, Q

from accreditation.models import Application, User
from accreditation.states import RETURNED, State
from accreditation.work import RECALLABLE, last_decision
from accreditation.work import may_recall as permits
from workflows.actors import Actor, Substitute
from workflows.ledger.chain import written
from workflows.models import Event

QUIET = ("remind", "copy", "withdraw_copy", "erase", "move_version", "ask_above", "escalate")
"""Events after which a decision can still be taken back: they are no act on the application."""


def act_since(application: Application, decision: Event | None) -> Event | None:
    """Return the first act on the application since a decision, or None."""
    since = Event.objects.filter(stream=application.stream, sequence__gt=decision.sequence if decision else 0)
    acts = since.exclude(action__in=QUIET).select_related("actor", "office")
    return acts.order_by("sequence").first()


def mended_since(application: Application, decision: Event | None) -> bool:
    """Whether the applicant has begun to mend the form since a decision."""
    edited = application.edited_at
    return bool(application.state in RETURNED and decision and edited and edited > decision.at)


def may_recall(application: Application, user: User, at: datetime) -> bool:
    """Return whether the user may take the last decision back now."""
    decision = last_decision(application)
    if decision is None or decision.action not in RECALLABLE:
        return False
    if not permits(application, who_recalls(user, decision, at)):
        return False
    return act_since(application, decision) is None and not mended_since(application, decision)


def who_recalls(user: User, decision: Event | None, at: datetime) -> Actor:
    """Return as whom the user takes a decision back: as a substitute, if they took it as one."""
    code = written(decision.body)["facts"].get("for", "") if decision else ""
    principal = User.objects.filter(public_id=code.removeprefix("user/")).first() if code else None
    return Substitute(user, principal, at) if principal else user


def recallable(applications: Iterable[Application], user: User) -> dict[int, int]:
    """Return by application the key of the event of the user's own last decision that could be taken back.

    For lists: two queries for all of them. Grants are not asked here; the act itself asks them anew.
    """
    by_stream = {application.stream: application for application in applications}
    events = Event.objects.filter(stream__in=by_stream)
    moved = events.exclude(from_state=F("to_state")).order_by()
    lasts = moved.values("stream").annotate(last=Max("sequence")).values_list("stream", "last")
    wanted = Q(pk=None)
    for stream, last in lasts:
        wanted |= Q(stream=stream, sequence__gte=last)
    found: dict[str, list[Event]] = {}
    for event in Event.objects.filter(wanted).exclude(action__in=QUIET).order_by("stream", "sequence"):
        found.setdefault(event.stream, []).append(event)
    return {
        by_stream[stream].pk: acts[0].pk
        for stream, acts in found.items()
        if len(acts) == 1 and _own(acts[0], user) and not mended_since(by_stream[stream], acts[0])
    }


def _own(decision: Event, user: User) -> bool:
    taken = decision.action in RECALLABLE and decision.from_state != State.OBJECTION
    return taken and decision.actor_id == user.pk
