"""考察 site visits: who may record one, who may read which, and the records with their photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accreditation.models import Application, SiteVisit, SiteVisitPhoto, User
from accreditation.permissions import DECIDE, OFFICE_FIELD, REVIEW, AtLevel
from accreditation.queries.part import Part, part_of
from accreditation.scope import offices_of, visible_applications
from accreditation.states import ENDED, Level, State
from workflows.actors import Actor
from workflows.ledger.chain import written
from workflows.models import Event
from workflows.refusals import Verdict

ORDER = (Level.ENTERPRISE, Level.DISTRICT, Level.CITY)
CITY_DECIDES = AtLevel(Level.CITY, (DECIDE,))
CITY_REVIEWS = AtLevel(Level.CITY, (REVIEW,))
DISTRICT_DECIDES = AtLevel(Level.DISTRICT, (DECIDE,))


@dataclass(frozen=True)
class Visitor:
    """Whether somebody may record a visit, and for which level by which grant."""

    verdict: Verdict
    level: Level = Level.CITY
    grant: str = ""


@dataclass(frozen=True)
class Visit:
    """A record as a reader sees it. `corrects`: the earlier record in whose place it stands."""

    record: SiteVisit
    level: Level
    photos: Sequence[SiteVisitPhoto]
    corrects: SiteVisit | None
    is_corrected: bool
    office: str


def visitor(application: Application, by: Actor) -> Visitor:
    """Return whether `by` may record a visit now: who decides for the city, its seated experts, and a district's
    deciders while it lies with them; from the submission until the studio is named.
    """
    standing = [
        (Level.CITY, DECIDE, CITY_DECIDES(application, by)),
        (Level.CITY, REVIEW, _as_expert(application, by)),
        (Level.DISTRICT, DECIDE, _as_district(application, by)),
    ]
    known = [one for one in standing if one[2] or one[2].code != "grant"]
    best = next((one for one in known if one[2]), next(iter(known), standing[0]))
    return Visitor(best[2], best[0], best[1])


def is_visitable(application: Application) -> bool:
    """Whether visits can be recorded: it was submitted and is not yet named, rejected or withdrawn."""
    return application.submitted_at is not None and application.state not in ENDED


def sees_some(part: Part) -> bool:
    """Whether there may be visits that they can read: no applicant, nor a body below the lowest that visits."""
    return part.audits or part.is_seated or bool(part.levels & {Level.DISTRICT, Level.CITY})


def sees_visit_of(application: Application, part: Part, office_id: int | None) -> bool:
    """Whether they may know of a visit that this office made: at its own level or above, and auditors."""
    level = level_of(application, office_id)
    return level is not None and (part.audits or _is_for(part, level))


def level_of(application: Application, office_id: int | None) -> Level | None:
    """Return the level at which an office acts on the application."""
    return next(
        (level for level in reversed(ORDER) if getattr(application, OFFICE_FIELD[level]) == office_id), None
    )


def visits_for(application: Application, part: Part) -> list[Visit]:
    """Return the visits that the reader may know of, the latest first. At most three queries."""
    if not sees_some(part):
        return []
    records = list(application.site_visits.select_related("made_by").prefetch_related("photos__stored"))
    if not records:
        return []
    told = events_of_visits(application)
    by_code = {str(record.public_id): record for record in records}
    corrected = {facts.get("corrects") for _event, facts in told.values()}
    seen = [
        (record, level, *told[code])
        for code, record in by_code.items()
        if code in told and (level := _seen_level(application, part, told[code][0]))
    ]
    visits = [
        Visit(
            record,
            level,
            list(record.photos.all()),
            by_code.get(facts.get("corrects", "")),
            str(record.public_id) in corrected,
            getattr(event.office, "name", ""),
        )
        for record, level, event, facts in seen
    ]
    return sorted(visits, key=lambda one: (one.record.visited_on, one.record.pk), reverse=True)


def _seen_level(application: Application, part: Part, event: Event) -> Level | None:
    if not sees_visit_of(application, part, event.office_id):
        return None
    return level_of(application, event.office_id)


def events_of_visits(application: Application) -> dict[str, tuple[Event, Mapping[str, Any]]]:
    """Return the event of each visit by the visit's identifier. One query."""
    events = Event.objects.filter(stream=application.stream, action="visit").select_related("office")
    told = [(event, written(event.body).get("facts", {})) for event in events.order_by("sequence")]
    return {facts.get("visit", ""): (event, facts) for event, facts in told}


def photo_for(user: User, public_id: UUID) -> SiteVisitPhoto | None:
    """Return the photo if the user may see it, else None."""
    found = SiteVisitPhoto.objects.filter(
        public_id=public_id, visit__application__in=visible_applications(user)
    )
    photo = found.select_related("stored", "visit__application__enterprise").first()
    if photo is None:
        return None
    application = photo.visit.application
    part = part_of(application, user, offices_of(user))
    told = events_of_visits(application).get(str(photo.visit.public_id))
    return photo if told and sees_visit_of(application, part, told[0].office_id) else None


def _is_for(part: Part, level: Level) -> bool:
    if part.is_seated:
        return True
    return any(ORDER.index(own) >= ORDER.index(level) for own in part.levels)


def _as_expert(application: Application, by: Actor) -> Verdict:
    verdict = CITY_REVIEWS(application, by)
    if verdict and not application.current_cards.filter(expert_id=by.pk).exists():
        return Verdict(False, verdict.reason, "grant")
    return verdict


def _as_district(application: Application, by: Actor) -> Verdict:
    if application.state not in {State.DISTRICT_REVIEW, State.RETURNED_BY_DISTRICT}:
        return Verdict(False, "", "grant")
    return DISTRICT_DECIDES(application, by)
