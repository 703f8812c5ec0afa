"""What the ledger holds of somebody's name, what keeps them from being erased, and what stays of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accreditation.models import Application, Meeting, Revision, SiteVisit, Studio, User
from certificates.models import Certificate
from workflows.actors import actor_code
from workflows.ledger.chain import canonical
from workflows.models import Event, Signature, SigningRound, Task
from workflows.refusals import Problem

ERASED_NAME = "已删除的人"  # untranslated: it stands in the row of the account, in place of the name
FREE_TEXT = frozenset({"reason", "filter", "people"})
"""What people write as they like: it may name anybody."""
OWN = frozenset({"actor", "address"})
BELONGING = {"address": "account", "position": "member"}
"""Fields that are somebody's by a fact of another key."""
Wanted = dict[str, dict[int, set[str]]]
"""Fields by stream and sequence."""


def named_in(person: User) -> Wanted:
    """Return every field that holds the name, user name or network address of this person, as the facts refer to them.

    Nothing is concluded from a name alone: two people may bear the same. A field is somebody's where the event was
    theirs, or the fact of the same key is their code; the names of several people in one field go together.
    """
    theirs = Q(actor=person) | Q(principal=person) | Q(body__contains=str(person.public_id))
    found: Wanted = {}
    for event in Event.objects.filter(theirs).select_related("payload").iterator(chunk_size=500):
        _put(found, event, _fields_of(event, person))
    tried = Event.objects.filter(
        stream="sign_in/unknown", payload__content__contains=_inside(person.username)
    )
    for event in tried.select_related("payload").iterator(chunk_size=500):
        if event.personal.get("account") == person.username:
            _put(found, event, {"account", "address"})
    return found


def spoken_of(person: User) -> Wanted:
    """Return the reasons, and the searches that were exported, whose text has this person's name. They may mean another
    of the same name: who orders it looks at them first."""
    found: Wanted = {}
    rows = Event.objects.filter(payload__content__contains=_inside(person.name)).select_related("payload")
    for event in rows.iterator(chunk_size=500):
        _put(found, event, {field for field in FREE_TEXT if person.name in event.personal.get(field, "")})
    return found


def open_work(person: User) -> Iterator[Problem]:
    """Yield what somebody still has in hand: tasks, and places in rounds that wait for their signature."""
    tasks = Task.objects.filter(assignee=person, closed_at=None).order_by("due_at", "pk")
    for task in tasks.select_related("office"):
        said = {"office": task.office.name, "what": task.get_kind_display(), "number": _number(task)}
        yield Problem(_("%(office)s%(number)s：%(what)s还在其手中，先改派或者办结。") % said)
    running = (SigningRound.State.PLANNED, SigningRound.State.OPEN)
    places = Signature.objects.filter(signer=person, verdict="", removed_at=None, round__state__in=running)
    for place in places.filter(task=None).select_related("round__task__office"):
        said = {"office": place.round.task.office.name, "number": _number(place.round.task)}
        yield Problem(_("%(office)s%(number)s：还在会签人之中，先减签。") % said)


def proposals_in(wanted: Wanted) -> Iterator[Problem]:
    """Yield the decisions that wait for signatures and whose reason would go: without one they cannot be taken."""
    waiting = SigningRound.objects.filter(state=SigningRound.State.OPEN).exclude(proposal={})
    for one in waiting.select_related("task__office"):
        subject = one.task.subject
        stream = subject.stream if subject else ""
        going = [sequence for sequence, fields in wanted.get(stream, {}).items() if "reason" in fields]
        proposed = Event.objects.filter(stream=stream, sequence__in=going, action="propose")
        if any(event.facts.get("round") == str(one.public_id) for event in proposed):
            said = {"office": one.task.office.name, "number": _number(one.task)}
            yield Problem(_("%(office)s%(number)s：理由所属的决定还在会签，结束后再删除。") % said)


def remains(person: User) -> list[tuple[str, int]]:
    """Return where the name stands that stays: archives, and what has been made public. One query each."""
    name = person.name
    kept: list[tuple[str, Any]] = [
        (_("申报的历次提交"), Revision.objects.filter(document__contains=name)),
        (_("工作室名称"), Studio.objects.filter(Q(leader_name=name) | Q(name__contains=name))),
        (_("证书"), Certificate.objects.filter(studio_name__contains=name)),
        (_("会议记录"), Meeting.objects.filter(people__contains=name)),
        (_("考察记录"), SiteVisit.objects.filter(Q(people__contains=name) | Q(findings__contains=name))),
    ]
    return [(where, count) for where, rows in kept if (count := rows.count())]


def _fields_of(event: Event, person: User) -> set[str]:
    facts, code = event.facts, actor_code(person)
    fields = set(OWN) if event.actor_id == person.pk else set()
    if event.principal_id == person.pk or facts.get("for") == code:
        fields.add("principal")
    fields |= {field for field in event.personal if _refers(facts.get(field), person)}
    return fields | {field for field, fact in BELONGING.items() if _refers(facts.get(fact), person)}


def _refers(fact: Any, person: User) -> bool:
    codes = fact if isinstance(fact, list) else [fact]
    return any(code in {str(person.public_id), actor_code(person)} for code in codes)


def _put(found: Wanted, event: Event, fields: set[str]) -> None:
    kept = {field for field in fields if event.personal.get(field, ERASED_NAME) != ERASED_NAME}
    if kept:
        found.setdefault(event.stream, {}).setdefault(event.sequence, set()).update(kept)


def _inside(text: str) -> str:
    """Return the text as it stands inside a payload's JSON."""
    return canonical(text)[1:-1]


def _number(task: Task) -> str:
    subject = task.subject
    return f" {subject.number}" if isinstance(subject, Application) and subject.number else ""


def merged(*wanted: Mapping[str, Mapping[int, set[str]]]) -> Wanted:
    """Return all of it together."""
    found: Wanted = {}
    for one in wanted:
        for stream, events in one.items():
            for sequence, fields in events.items():
                found.setdefault(stream, {}).setdefault(sequence, set()).update(fields)
    return found
