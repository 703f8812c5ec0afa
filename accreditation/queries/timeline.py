"""What happened to an application, one sentence an event: the one timeline of auditors, reviewers and applicant.

What a reader may not know is not in the entries they get, so a page cannot show it by mistake.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Application, Organisation, Scorecard, User
from accreditation.permissions import OFFICE_FIELD
from accreditation.queries.event_facts import number, points, texts
from accreditation.queries.event_words import sentence
from accreditation.queries.part import Part, is_scoring, part_of, readable_cards
from accreditation.queries.site_visits import sees_visit_of
from accreditation.scope import Office, offices_of
from workflows.actors import shown_as
from workflows.ledger.verification.erasures import ERASE
from workflows.models import Event

AMONG_REVIEWERS = frozenset(
    {"claim", "release", "assign", "unassign", "transfer", "take_back", "copy", "withdraw_copy", "escalate"}
)
OF_THE_OFFICE = frozenset({"delegate", "advise", "withdraw_delegation"})
KEEPING_OUT = frozenset({"recuse", "step_aside"})
NAMING = frozenset({"ask_above", "appoint"})
SIGNING = frozenset({"open_signing", "add_signer", "remove_signer", "change_signing", "cancel_signing"})
SIGNED = frozenset({"propose", "sign", "proposal_lapsed"})
MINOR = (
    frozenset({"start", "remind", "file_certificate", "ask_case_file", "seal_case_file"})
    | AMONG_REVIEWERS
    | OF_THE_OFFICE
    | SIGNING
    | NAMING
)
OF_THE_PANEL = frozenset({"score"})
READING = frozenset({"read"})
ANCHORS = {"application": "e", "reading": "r", "organisation": "o", "cycle": "c"}
"""What stands before the number of an event in the id of its place, by the kind of its stream."""
OPINIONS = frozenset(
    {
        "recommend",
        "send_back",
        "return_to_level",
        "reject",
        "approve",
        "dismiss_objection",
        "uphold_objection",
    }
)
ROLES = dict(Organisation._meta.permissions)


@dataclass(frozen=True)
class Erasure:
    """The removal of personal text: when, by whom, by whose order, and the number of the event that says so."""

    sequence: int
    at: datetime
    by: str
    order: str


@dataclass(frozen=True)
class Entry:
    """One event. `actor` is "" where no person acted, `principal` for whom they did where they stood in.

    `said` is the reason; `erased` are the fields whose text is gone, by `erasure` (None: no event says so). `cards` can
    be opened by the reader; `total` is the panel's that whoever acted had before them, for who may know it.
    """

    key: int
    stream: str
    sequence: int
    at: datetime
    action: str
    from_state: str
    to_state: str
    actor: str
    principal: str
    office: str
    role: str
    text: str
    said: str
    erased: tuple[str, ...]
    erasure: Erasure | None
    revision: int | None
    steps: tuple[str, ...]
    cards: tuple[Scorecard, ...]
    total: str
    hash: str

    @property
    def signed(self) -> str:
        """Return who signed, and for whom: 王芳（代何秋）."""
        return shown_as(self.actor, self.principal)

    @property
    def erased_words(self) -> str:
        """Name what of its text is gone."""
        names = [_("姓名")] if set(self.erased) - {"reason"} else []
        return _("和").join([*names, *([_("理由")] if "reason" in self.erased else [])])

    @property
    def kind(self) -> str:
        """Return which kind of event it is."""
        if self.action in READING:
            return "readings"
        return "tasks" if self.action in MINOR | KEEPING_OUT | SIGNED else "decisions"

    @property
    def is_minor(self) -> bool:
        """Whether it is drawn small: nothing was decided."""
        return self.action in MINOR | READING

    @property
    def moved(self) -> bool:
        """Whether it brought the application into another state."""
        return bool(self.to_state) and self.from_state != self.to_state

    @property
    def anchor(self) -> str:
        """Return the id of its place on a page."""
        return f"{ANCHORS.get(self.stream.partition('/')[0], 'x')}{self.sequence}"

    @property
    def code(self) -> str:
        """Return what its permanent address calls it: 12, or r12."""
        return self.anchor.removeprefix("e")


def entries(application: Application, viewer: User, offices: Sequence[Office] | None = None) -> list[Entry]:
    """Return the events that the viewer may know of, oldest first. At most four queries."""
    part = part_of(application, viewer, offices_of(viewer) if offices is None else offices)
    cards = readable_cards(application, viewer, part)
    return known_to(application, part, cards, events_of(application.stream))


def known_to(
    application: Application, part: Part, cards: Iterable[Scorecard], events: Sequence[Event]
) -> list[Entry]:
    """Return those of the application's events that somebody with this part may know of; `cards` they may open."""
    opened = {card.sha256: card for card in cards if card.sha256}
    every = told(application, events, sees_panel=part.sees_panel, cards=opened)
    return [entry for entry, event in zip(every, events, strict=True) if may_know(application, event, part)]


def opinions(known: Sequence[Entry]) -> list[Entry]:
    """Return those of the entries in which an office said what it decided and why, the latest first."""
    return [entry for entry in reversed(known) if entry.action in OPINIONS]


def events_of(stream: str) -> list[Event]:
    """Return a whole stream in order, with everything that telling and proving its events takes. One query."""
    return list(with_all(Event.objects.filter(stream=stream)).order_by("sequence"))


def with_all(events: QuerySet[Event]) -> QuerySet[Event]:
    """Return the events joined to their personal text, their place in the log, and who acted where."""
    return events.select_related("payload", "leaf", "office", "actor", "principal")


def may_know(application: Application, event: Event, part: Part) -> bool:
    """Return whether somebody with this part may know of an event of the application."""
    if event.action in OF_THE_OFFICE | KEEPING_OUT | SIGNING | SIGNED:
        return part.audits or event.office_id in {
            getattr(application, OFFICE_FIELD[level]) for level in part.levels
        }
    if event.action in AMONG_REVIEWERS | NAMING:
        return part.reviews or part.audits
    if event.action == "visit":
        return sees_visit_of(application, part, event.office_id)
    if event.action == "discuss":
        return part.sees_panel and not is_scoring(application, part)
    return part.sees_panel or event.action not in OF_THE_PANEL


def told(
    application: Application,
    events: Sequence[Event],
    *,
    sees_panel: bool,
    cards: Mapping[str, Scorecard],
    text: Callable[[Event], str] | None = None,
) -> list[Entry]:
    """Return these events of one stream as entries. `cards`: what the reader may open, by hash; `text`: other words."""
    erasures = _erasures(events)

    def words(event: Event) -> str:
        return sentence(application, event, event.facts, sees_panel=sees_panel, names=event.personal)

    return [
        _entry(event, (text or words)(event), erasures.get(event.sequence), cards, sees_panel)
        for event in events
    ]


def _entry(
    event: Event, text: str, erasure: Erasure | None, cards: Mapping[str, Scorecard], sees_panel: bool
) -> Entry:
    facts, personal = event.facts, event.personal
    hashes = [*texts(facts.get("scorecards")), *texts([facts.get("scorecard")])]
    return Entry(
        key=event.pk,
        stream=event.stream,
        sequence=event.sequence,
        at=event.at,
        action=event.action,
        from_state=event.from_state,
        to_state=event.to_state,
        actor=personal.get("actor", ""),
        principal=personal.get("principal", ""),
        office=personal.get("office", "") or getattr(event.office, "name", ""),
        role=str(ROLES.get(event.role, "")),
        text=text,
        said=personal.get("reason", ""),
        erased=event.erased,
        erasure=erasure,
        revision=number(facts.get("revision")),
        steps=texts(facts.get("steps")),
        cards=tuple(cards[sha256] for sha256 in hashes if sha256 in cards),
        total=points(facts.get("total")) if sees_panel else "",
        hash=event.hash,
    )


def _erasures(events: Iterable[Event]) -> dict[int, Erasure]:
    """Return by the number of an event the last removal of text from it."""
    found: dict[int, Erasure] = {}
    for event in events:
        if event.action != ERASE:
            continue
        by = event.personal.get("actor", "") or event.personal.get("office", "")
        erasure = Erasure(event.sequence, event.at, by, str(event.facts.get("order", "")))
        with suppress(LookupError, TypeError, ValueError):
            found |= {int(sequence): erasure for sequence, _fields in event.facts["events"]}
    return found
