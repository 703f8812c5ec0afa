"""The rows of a search over events: each a sentence in the reader's language, with where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Finding, Organisation
from accreditation.queries.event_kinds import KINDS
from accreditation.queries.event_terms import READING, parts
from accreditation.queries.event_words import action_word, sentence
from accreditation.queries.findings.catalogue import BY_CODE
from accreditation.queries.house_words import named_in
from accreditation.queries.timeline import ROLES, with_all
from workflows.actors import PUBLIC, SYSTEM
from workflows.models import Event

Subject = Application | Organisation | Cycle | Finding


@dataclass(frozen=True)
class EventRow:
    """One event. `said` is the reason, `erased` the fields whose text is gone; `leaf` its number in the log, if any.

    `subject` is what its stream is about, where that is a row; `about` names it in words.
    """

    event: Event
    kind: str
    subject: Subject | None
    about: str
    text: str
    personal: Mapping[str, str]

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def action(self) -> str:
        """Return what the action is called."""
        return action_word(self.event.action)

    @property
    def actor(self) -> str:
        """Return who acted; where no person did, what did."""
        if self.personal.get("actor"):
            return self.personal["actor"]
        if self.event.actor_id is not None:
            return _("姓名已删除")
        machines = {SYSTEM.code: _("系统自动办理"), PUBLIC.code: _("未登录的访客")}
        return machines.get(self.event.said.get("actor", ""), "")

    @property
    def principal(self) -> str:
        return self.personal.get("principal", "")

    @property
    def office(self) -> str:
        return self.personal.get("office", "") or getattr(self.event.office, "name", "")

    @property
    def role(self) -> str:
        return str(ROLES.get(self.event.role, ""))

    @property
    def said(self) -> str:
        return self.personal.get("reason", "")

    @property
    def erased(self) -> tuple[str, ...]:
        return self.event.erased

    @property
    def leaf(self) -> int | None:
        leaf = getattr(self.event, "leaf", None)
        return leaf.index if leaf else None

    @property
    def anchor(self) -> str:
        """Return the id of its place on the timeline of its application; "" where it has none there."""
        mark = {Application.stream_kind: "e", READING: "r"}.get(self.kind, "")
        return f"{mark}{self.event.sequence}" if mark and self.subject else ""


def event_rows(keys: Sequence[int]) -> list[EventRow]:
    """Return the rows of these events, in this order. At most nine queries."""
    kept = {event.pk: event for event in with_all(Event.objects.filter(pk__in=keys))}
    return rows_of([kept[pk] for pk in keys if pk in kept])


def rows_of(events: Sequence[Event]) -> list[EventRow]:
    """Return the rows of these events, which come with everything that telling them takes."""
    subjects, names = _subjects(events), named_in(events)
    return [_row(event, subjects.get(event.stream), names.get(event.pk, {})) for event in events]


def _row(event: Event, subject: Any, names: Mapping[str, str]) -> EventRow:
    personal = event.personal
    application = subject if isinstance(subject, Application) else None
    text = sentence(application, event, event.facts, sees_panel=True, names={**names, **personal})
    kind, _code = parts(event)
    return EventRow(event, kind, subject, _about(subject) or str(KINDS.get(kind, "")), text, personal)


def _about(subject: Any) -> str:
    if isinstance(subject, Application):
        return str(subject.studio.name)
    if isinstance(subject, Organisation):
        return subject.name
    if isinstance(subject, Cycle):
        return subject.title
    if isinstance(subject, Finding):
        return str(BY_CODE[subject.rule].name) if subject.rule in BY_CODE else ""
    return ""


def _subjects(events: Sequence[Event]) -> dict[str, Subject]:
    """Return what the streams of these events are about, by stream. A query for each kind there is."""
    codes: dict[str, set[str]] = {}
    for event in events:
        kind, code = parts(event)
        codes.setdefault(kind, set()).add(code)
    wanted = codes.get(Application.stream_kind, set()) | codes.get(READING, set())
    rows = Application.objects.select_related("studio", "enterprise", "union", "district", "city")
    found: dict[str, Subject] = {}
    for one in rows.filter(public_id__in=wanted).only(*SHOWN) if wanted else ():
        found |= {one.stream: one, f"{READING}/{one.public_id}": one}
    for model in (Organisation, Cycle, Finding):
        if model.stream_kind in codes:
            own = model._default_manager.filter(public_id__in=codes[model.stream_kind])
            found |= {one.stream: one for one in own}
    return found


SHOWN = (
    "public_id", "number", "studio__name", "enterprise__name", "enterprise__short_name", "union__name",
    "district__name", "district__short_name", "city__name",
)  # fmt: skip
"""What the rows show of an application; the form's long texts stay in the database."""
