"""What happened to an application, one sentence an event: the one timeline of auditors, reviewers and applicant.

What a reader may not know is not in the entries they get, so a page cannot show it by mistake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accreditation.models import Application, Organisation, Scorecard, User
from accreditation.permissions import OFFICE_FIELD
from accreditation.queries.event_words import sentence
from accreditation.queries.part import Part, is_scoring, part_of, readable_cards
from accreditation.queries.site_visits import sees_visit_of
from accreditation.scope import Office, offices_of
from workflows.ledger.chain import digest, first_broken
from workflows.models import Event

AMONG_REVIEWERS = frozenset(
    {"claim", "release", "assign", "unassign", "transfer", "take_back", "copy", "withdraw_copy", "escalate"}
)
OF_THE_OFFICE = frozenset({"delegate", "advise", "withdraw_delegation"})
KEEPING_OUT = frozenset({"recuse", "step_aside"})
NAMING = frozenset({"ask_above", "appoint"})
SIGNING = frozenset({"open_signing", "add_signer", "remove_signer", "change_signing", "cancel_signing"})
SIGNED = frozenset({"propose", "sign", "proposal_lapsed"})
MINOR = frozenset({"start", "remind"}) | AMONG_REVIEWERS | OF_THE_OFFICE | SIGNING | NAMING
OF_THE_PANEL = frozenset({"score"})
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
class Entry:
    """One event. `actor` is "" where no person acted, `principal` for whom they did where they stood in.

    `said` is the reason; `cards` can be opened by the reader.
    """

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
    is_erased: bool
    revision: int | None
    steps: tuple[str, ...]
    cards: tuple[Scorecard, ...]
    hash: str

    @property
    def signed(self) -> str:
        """Return who signed, and for whom: 王芳（代何秋）."""
        if not self.principal:
            return self.actor
        return _("%(name)s（代%(principal)s）") % {"name": self.actor, "principal": self.principal}

    @property
    def is_minor(self) -> bool:
        """Whether it is drawn small: nothing was decided."""
        return self.action in MINOR


@dataclass(frozen=True)
class Proof:
    """What checking the record again found. `broken` is the first event that does not hold (None: all hold)."""

    events: int
    broken: int | None
    revisions: tuple[int, ...]
    cards: int

    @property
    def holds(self) -> bool:
        """Whether the chain, every revision and every scorecard are as they were written."""
        return self.broken is None and not self.revisions and not self.cards


def entries(application: Application, viewer: User, offices: Sequence[Office] | None = None) -> list[Entry]:
    """Return the events that the viewer may know of, oldest first. At most four queries."""
    part = part_of(application, viewer, offices_of(viewer) if offices is None else offices)
    cards = {card.sha256: card for card in readable_cards(application, viewer, part) if card.sha256}
    return [
        _entry(application, event, part, cards)
        for event in events_of(application)
        if _may_know(application, event, part)
    ]


def opinions(told: Sequence[Entry]) -> list[Entry]:
    """Return those of the entries in which an office said what it decided and why, the latest first."""
    return [entry for entry in reversed(told) if entry.action in OPINIONS]


def events_of(application: Application) -> list[Event]:
    """Return the application's whole stream in order, with payloads. One query."""
    stream = Event.objects.filter(stream=application.stream).select_related("payload", "office", "actor")
    return list(stream.order_by("sequence"))


def check(application: Application) -> Proof:
    """Calculate the record anew: the chain of events, its end, and the hashes of what was judged."""
    events = events_of(application)
    broken = first_broken(events)
    if broken is None and (len(events), events[-1].hash if events else "") != (
        application.sequence,
        application.head,
    ):
        broken = len(events) + 1
    recorded = [event.facts for event in events]
    documents = {facts["revision"]: facts["document"] for facts in recorded if "document" in facts}
    cards = {facts["scorecard"] for facts in recorded if "scorecard" in facts}
    return Proof(
        events=len(events),
        broken=broken,
        revisions=_revisions_that_differ(application, documents),
        cards=_cards_that_differ(application, cards),
    )


def _revisions_that_differ(application: Application, recorded: Mapping[int, str]) -> tuple[int, ...]:
    kept = {one.number: (digest(one.document), one.sha256) for one in application.revisions.all()}
    numbers = sorted(kept.keys() | recorded.keys())
    return tuple(n for n in numbers if kept.get(n) != (recorded.get(n), recorded.get(n)))


def _cards_that_differ(application: Application, recorded: set[str]) -> int:
    kept = {digest(card.document) for card in application.scorecards.exclude(submitted_at=None)}
    return len(kept ^ recorded)


def _may_know(application: Application, event: Event, part: Part) -> bool:
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


def _entry(application: Application, event: Event, part: Part, cards: Mapping[str, Scorecard]) -> Entry:
    facts = event.facts
    personal = event.personal
    hashes = [*facts.get("scorecards", ()), *([facts["scorecard"]] if "scorecard" in facts else ())]
    return Entry(
        sequence=event.sequence,
        at=event.at,
        action=event.action,
        from_state=event.from_state,
        to_state=event.to_state,
        actor=personal.get("actor", ""),
        principal=personal.get("principal", ""),
        office=personal.get("office", "") or getattr(event.office, "name", ""),
        role=str(ROLES.get(event.role, "")),
        text=sentence(application, event, facts, sees_panel=part.sees_panel, names=personal),
        said=personal.get("reason", ""),
        is_erased=bool(event.erased),
        revision=facts.get("revision") or None,
        steps=tuple(facts.get("steps", ())),
        cards=tuple(cards[sha256] for sha256 in hashes if sha256 in cards),
        hash=event.hash,
    )
