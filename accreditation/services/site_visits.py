"""考察: record a site visit. What is recorded stays; a mistake is corrected by a further record."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accreditation.models import Application, SiteVisit, SiteVisitPhoto, StoredFile
from accreditation.queries.sight import sight
from accreditation.queries.site_visits import Visitor, events_of_visits, is_visitable, visitor
from accreditation.services.evidence import keep
from accreditation.uploads import Upload
from accreditation.versions import process_of
from workflows.actors import Actor
from workflows.engine import record
from workflows.refusals import NotPermitted, NotReady, Problem, WrongState

MOST_PHOTOS = 20


@dataclass(frozen=True)
class Content:
    """What is recorded of a visit. `kept` are photos of the record that is corrected."""

    visited_on: date
    people: str
    findings: str
    photos: Sequence[Upload] = ()
    kept: Collection[UUID] = ()


def add_visit(
    application: Application, content: Content, *, by: Actor, at: datetime, corrects: UUID | None = None
) -> SiteVisit:
    """Record a visit, or with `corrects` what takes the place of an earlier record, which stays readable.

    Raises NotPermitted; WrongState (not submitted or already ended; recorded twice; corrected already);
    NotReady with everything that is missing or cannot be.
    """
    with transaction.atomic():
        process = process_of(application).locked()
        subject = process.subject
        by_right = _asked(subject, by)
        earlier = _corrected(subject, by_right, corrects)
        _refuse_unready(subject, content, at)
        files = [*_kept(earlier, content), *((upload.name, keep(upload)) for upload in content.photos)]
        _refuse_repeated(subject, content, by, files)
        visit = SiteVisit.objects.create(
            application=subject,
            visited_on=content.visited_on,
            people=content.people.strip(),
            findings=content.findings.strip(),
            made_by_id=by.pk,
            made_at=at,
        )
        SiteVisitPhoto.objects.bulk_create(
            SiteVisitPhoto(visit=visit, name=name, stored=stored) for name, stored in files
        )
        record(
            subject,
            "visit",
            by=by,
            at=at,
            office=subject.office_at(by_right.level),
            role=by_right.grant,
            **sight(subject),
            visit=str(visit.public_id),
            on=visit.visited_on.isoformat(),
            photos=[stored.sha256 for _name, stored in files],
            corrects=str(earlier.public_id) if earlier else "",
        )
    return visit


def _asked(application: Application, by: Actor) -> Visitor:
    if not is_visitable(application):
        raise WrongState(_("这一件已经办结，不能再记考察。"))
    found = visitor(application, by)
    if not found.verdict:
        raise NotPermitted(found.verdict.reason, found.verdict.code)
    return found


def _corrected(application: Application, by_right: Visitor, corrects: UUID | None) -> SiteVisit | None:
    """Return the record to correct: one of the same office, not corrected yet."""
    if corrects is None:
        return None
    told = events_of_visits(application)
    if any(facts.get("corrects") == str(corrects) for _event, facts in told.values()):
        raise WrongState(_("这次考察已经更正过，更正最新的记录。"))
    event, _facts = told.get(str(corrects), (None, None))
    office = application.office_at(by_right.level)
    if event is None or office is None or event.office_id != office.pk:
        raise NotPermitted(_("只能更正本级的考察记录。"))
    return application.site_visits.get(public_id=corrects)


def _refuse_unready(application: Application, content: Content, at: datetime) -> None:
    problems = []
    today, first = timezone.localdate(at), timezone.localdate(application.cycle.opens_at)
    if content.visited_on > today:
        problems.append(Problem(_("考察日期不能晚于今天。"), field="visited_on"))
    elif content.visited_on < first:
        said = {"day": date_format(first, "DATE_FORMAT")}
        problems.append(Problem(_("考察日期不早于本批次开始受理的%(day)s。") % said, field="visited_on"))
    if not content.people.strip():
        problems.append(Problem(_("写明考察人员。"), field="people"))
    if not content.findings.strip():
        problems.append(Problem(_("写明考察情况。"), field="findings"))
    if len(content.photos) + len(content.kept) > MOST_PHOTOS:
        problems.append(Problem(_("一次考察最多%(most)d张照片。") % {"most": MOST_PHOTOS}, field="photos"))
    if problems:
        raise NotReady(problems)


def _kept(earlier: SiteVisit | None, content: Content) -> list[tuple[str, StoredFile]]:
    if earlier is None:
        return []
    photos = earlier.photos.filter(public_id__in=content.kept).select_related("stored")
    return [(photo.name, photo.stored) for photo in photos]


def _refuse_repeated(
    application: Application, content: Content, by: Actor, files: Sequence[tuple[str, StoredFile]]
) -> None:
    """A form that is sent twice makes one record."""
    same = application.site_visits.filter(
        visited_on=content.visited_on,
        people=content.people.strip(),
        findings=content.findings.strip(),
        made_by_id=by.pk,
    ).prefetch_related("photos")
    wanted = sorted(stored.pk for _name, stored in files)
    if any(sorted(photo.stored_id for photo in visit.photos.all()) == wanted for visit in same):
        raise WrongState(_("同样的考察记录已经存过。"))
