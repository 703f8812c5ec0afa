"""What is in a case file: exactly the documents that the application's events have the hashes of, and the events."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accreditation.case_files.names import safe_name
from accreditation.models import (
    Application,
    Revision,
    Scorecard,
    SiteVisit,
    SiteVisitPhoto,
    StoredFile,
)
from accreditation.queries.case_files import ALTERED, MISSING, UNREADABLE
from accreditation.queries.timeline import events_of
from accreditation.services.journals import READING
from certificates.models import Certificate
from workflows.ledger.chain import digest
from workflows.models import Event


class CannotBuild(Exception):
    """A case file that cannot be built: the code of why (`queries.case_files`), and of what."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code} {what}".strip())


@dataclass(frozen=True)
class Piece:
    """A file as it was submitted: its place in the package, what it is called, where it is kept."""

    path: str
    name: str
    sha256: str
    kept: Any


@dataclass(frozen=True)
class Contents:
    """Everything that goes into the case file of an application."""

    application: Application
    events: Sequence[Event]
    readings: Sequence[Event]
    revisions: Sequence[Revision]
    cards: Sequence[Scorecard]
    visits: Sequence[SiteVisit]
    certificates: Sequence[Certificate]
    evidence: Mapping[int, Sequence[Piece]] = field(default_factory=dict)
    photos: Sequence[Piece] = ()

    @property
    def pieces(self) -> Iterator[Piece]:
        """Every file, each once: what two revisions hold stands with the first."""
        for number in sorted(self.evidence):
            yield from (one for one in self.evidence[number] if f"/revision-{number}/" in one.path)
        yield from self.photos
        for number, one in enumerate(self.certificates, start=1):
            name = "certificate.pdf" if number == 1 else f"certificate-{number}.pdf"
            yield Piece(f"originals/{name}", _("证书"), one.sha256, one.file)


def contents_of(application: Application) -> Contents:
    """Read what the events speak of. Raises CannotBuild where something is missing or is not what it was."""
    events = events_of(application.stream)
    facts = [event.facts for event in events]
    recorded = {one["revision"]: one["document"] for one in facts if one.get("document")}
    scored = {one["scorecard"] for one in facts if "scorecard" in one}
    made = [event.facts["sha256"] for event in events if event.action == "file_certificate"]
    visits = list(application.site_visits.select_related("made_by").order_by("pk"))
    revisions = _revisions(application, recorded)
    return Contents(
        application=application,
        events=events,
        readings=events_of(f"{READING}/{application.public_id}"),
        revisions=revisions,
        cards=_cards(application, scored),
        visits=visits,
        certificates=_certificates(application, made),
        evidence=_evidence(revisions),
        photos=_photos(visits),
    )


def _revisions(application: Application, recorded: Mapping[int, str]) -> list[Revision]:
    rows = application.revisions.filter(number__in=recorded).select_related("submitted_by")
    found = {row.number: row for row in rows}
    for number, sha256 in sorted(recorded.items()):
        said = _("第%(number)d版") % {"number": number}
        if number not in found:
            raise CannotBuild(MISSING, said)
        if digest(found[number].document) != sha256:
            raise CannotBuild(ALTERED, said)
    return [found[number] for number in sorted(found)]


def _cards(application: Application, scored: set[str]) -> list[Scorecard]:
    rows = application.scorecards.filter(sha256__in=scored).select_related("expert", "revision")
    cards = list(rows.order_by("revision__number", "pk"))
    for card in cards:
        if digest(card.document) != card.sha256:
            raise CannotBuild(ALTERED, _("%(name)s的评分卡") % {"name": card.expert.name})
    if {card.sha256 for card in cards} != scored:
        raise CannotBuild(MISSING, _("评分卡"))
    return cards


def _certificates(application: Application, made: Sequence[str]) -> list[Certificate]:
    """Return every certificate whose file was made, those that were replaced too, in the order of their files."""
    rows = Certificate.objects.filter(issued_for=application.public_id, sha256__in=made)
    found = {row.sha256: row for row in rows}
    if found.keys() != set(made):
        raise CannotBuild(MISSING, _("证书"))
    return [found[sha256] for sha256 in made]


def _evidence(revisions: Sequence[Revision]) -> dict[int, list[Piece]]:
    try:
        said = {row.number: json.loads(row.document)["evidence"] for row in revisions}
        hashes = {one["sha256"] for files in said.values() for one in files}
    except (LookupError, TypeError, ValueError) as error:
        raise CannotBuild(UNREADABLE, _("申报内容")) from error
    stored = StoredFile.objects.in_bulk(hashes, field_name="sha256")
    known: dict[str, Piece] = {}
    pieces: dict[int, list[Piece]] = {}
    for number, files in sorted(said.items()):
        pieces[number] = []
        for order, one in enumerate(files, start=1):
            sha256, name = one["sha256"], one["name"]
            if sha256 not in stored:
                raise CannotBuild(MISSING, name)
            path = f"originals/evidence/revision-{number}/{safe_name(name, order)}"
            piece = known.setdefault(sha256, Piece(path, name, sha256, stored[sha256].file))
            pieces[number].append(Piece(piece.path, name, sha256, piece.kept))
    return pieces


def _photos(visits: Sequence[SiteVisit]) -> list[Piece]:
    rows = SiteVisitPhoto.objects.filter(visit__in=visits).select_related("stored").order_by("visit", "pk")
    order = {visit.pk: number for number, visit in enumerate(visits, start=1)}
    known: dict[str, Piece] = {}
    for number, row in enumerate(rows, start=1):
        path = f"originals/visits/{order[row.visit_id]}/{safe_name(row.name, number)}"
        known.setdefault(row.stored.sha256, Piece(path, row.name, row.stored.sha256, row.stored.file))
    return list(known.values())
