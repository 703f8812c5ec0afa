"""Findings as lists show them: filtered, counted and put into words, at a constant cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accreditation.models import Application, Cycle, Finding, Organisation, User
from accreditation.queries.findings.catalogue import BY_CODE, RULES
from accreditation.queries.findings.rule import Rule, Telling
from accreditation.queries.findings.scope import concerns, findings_for
from accreditation.scope import Office
from workflows.models import Event

OPEN, EXAMINED, ALL = "open", "examined", "all"
JOINED = (
    "office",
    "person",
    "examined_by",
    "cycle",
    "event",
    "application__studio",
    "application__enterprise",
)


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a rule, a state, the codes of a cycle and an office, part of a name."""

    rule: str = ""
    state: str = OPEN
    cycle: str = ""
    office: str = ""
    words: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but a state is asked for."""
        return bool(self.rule or self.cycle or self.office or self.words)


@dataclass(frozen=True)
class Examined:
    """Who examined a finding when, and what they wrote ("" where it was erased)."""

    by: str
    at: datetime
    note: str


@dataclass(frozen=True)
class Row:
    """A finding in words. `mine`: it concerns the reader, who does not examine it."""

    finding: Finding
    name: str
    headline: str
    reason: str
    harmless: str
    examined: Examined | None
    mine: bool

    @property
    def is_open(self) -> bool:
        """Whether nobody has examined it yet."""
        return self.finding.examined_at is None

    @property
    def may_pick(self) -> bool:
        """Whether the reader may examine it with others."""
        return self.is_open and not self.mine


def looked_for(rows: QuerySet[Finding], wanted: Wanted) -> QuerySet[Finding]:
    """Return those of the findings that are looked for, whatever their state."""
    if wanted.rule:
        rows = rows.filter(rule=wanted.rule)
    if wanted.cycle:
        rows = rows.filter(cycle__code=wanted.cycle)
    if wanted.office:
        rows = rows.filter(office__code=wanted.office)
    if wanted.words:
        named = Q(person__name__icontains=wanted.words) | Q(application__number=wanted.words)
        named |= Q(application__studio__name__icontains=wanted.words)
        rows = rows.filter(named | Q(application__enterprise__name__icontains=wanted.words))
    return rows


def in_state(rows: QuerySet[Finding], state: str) -> QuerySet[Finding]:
    """Return those that wait, those that are examined, or all, the latest first."""
    if state != ALL:
        rows = rows.filter(examined_at__isnull=state == OPEN)
    return rows.select_related(*JOINED).order_by("-happened_at", "-pk")


def counts(rows: QuerySet[Finding]) -> dict[str, int]:
    """Return how many wait, and how many there are. One query."""
    counted: dict[str, int] = rows.order_by().aggregate(
        every=Count("pk"), **{OPEN: Count("pk", filter=Q(examined_at=None))}
    )
    return counted


def in_words(findings: Sequence[Finding], reader: User) -> list[Row]:
    """Put findings into words of the active language. Two queries for all of them."""
    names = _names(findings)
    notes = _notes(findings)
    return [_row(one, names, notes.get(one.pk), reader) for one in findings]


def of_application(application: Application, offices: Sequence[Office], reader: User) -> list[Row]:
    """Return what was found about one application, for those who audit the bodies concerned."""
    found = findings_for(reader, offices).filter(application=application)
    return in_words(list(in_state(found, ALL)), reader)


def per_rule(rows: QuerySet[Finding]) -> list[tuple[Rule, int, int]]:
    """Return each rule, with how many findings there are and how many of them wait. One query."""
    counted = (
        rows.order_by()
        .values("rule")
        .annotate(every=Count("pk"), waiting=Count("pk", filter=Q(examined_at=None)))
    )
    found = {one["rule"]: (one["every"], one["waiting"]) for one in counted}
    return [(rule, *found.get(rule.code, (0, 0))) for rule in RULES]


def cycles_found(rows: QuerySet[Finding]) -> QuerySet[Cycle]:
    """Return the cycles in which anything was found, the latest first."""
    return Cycle.objects.filter(Exists(rows.filter(cycle=OuterRef("pk")))).order_by("-opens_at")


def offices_found(rows: QuerySet[Finding]) -> QuerySet[Organisation]:
    """Return the bodies about which anything was found, in the order of the tree."""
    return Organisation.objects.filter(Exists(rows.filter(office=OuterRef("pk")))).order_by("path")


def _row(finding: Finding, names: Mapping[str, str], note: str | None, reader: User) -> Row:
    rule = BY_CODE.get(finding.rule)
    telling = Telling(finding, names)
    examined = None
    if finding.examined_at is not None:
        examined = Examined(getattr(finding.examined_by, "name", ""), finding.examined_at, note or "")
    return Row(
        finding=finding,
        name=str(rule.name) if rule else finding.rule,
        headline=rule.headline_of(telling) if rule else finding.rule,
        reason=rule.reason_of(telling) if rule else "",
        harmless=str(rule.harmless) if rule else "",
        examined=examined,
        mine=concerns(finding, reader),
    )


def _names(findings: Iterable[Finding]) -> dict[str, str]:
    """Return by public identifier the names of the people that findings speak of. At most one query."""
    named = {public_id for one in findings for public_id in one.facts.get("people", ())}
    rows = User.objects.filter(public_id__in=named).values_list("public_id", "name") if named else ()
    return {str(public_id): name for public_id, name in rows}


def _notes(findings: Iterable[Finding]) -> dict[int, str]:
    """Return by finding what was written when it was examined: its last event. At most one query."""
    examined = {one.stream: one for one in findings if one.examined_at is not None}
    if not examined:
        return {}
    rows = Event.objects.filter(stream__in=list(examined), action="examine").select_related("payload")
    last = {event.stream: event for event in rows.order_by("stream", "sequence")}
    return {examined[stream].pk: event.personal.get("reason", "") for stream, event in last.items()}
