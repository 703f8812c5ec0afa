"""Who may see which file: applicants what is attached now, everybody else what was submitted."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accreditation.models import Application, Evidence, Organisation, User
from accreditation.permissions import AUDIT, DECIDE, REVIEW, may_apply
from accreditation.scope import offices_of, offices_stood_in, visible_applications


@dataclass(frozen=True)
class Found:
    """A file that somebody may see, and the last revision that holds it (None: not submitted)."""

    item: Evidence
    revision: int | None


@dataclass(frozen=True)
class Capacity:
    """For which office, and by which grant, somebody reads; neither for who was named or copied alone."""

    office: Organisation | None = None
    role: str = ""


def evidence_for(user: User, public_id: UUID) -> Found | None:
    """Return the file if the user may see it, else None.

    A file that is attached now is seen by the applicant's people; a file of a revision, removed since or not, by
    everybody who may see the application.
    """
    found = Evidence.objects.select_related("stored", "application__enterprise").filter(
        public_id=public_id, application__in=visible_applications(user)
    )
    item = found.first()
    if item is None:
        return None
    revision = _last_with(item)
    own = item.removed_at is None and may_apply(item.application, user)
    return Found(item, revision) if own or revision else None


def reading_for(application: Application, user: User, at: datetime) -> Capacity:
    """Return in which capacity the user reads: as one of its reviewers before as an auditor."""
    bodies = (application.union_id, application.district_id, application.city_id)
    held = [*offices_of(user), *offices_stood_in(user, at)]
    for grant in (DECIDE, REVIEW):
        for office in held:
            if grant in office.grants and office.organisation.pk in bodies:
                return Capacity(office.organisation, grant)
    for office in held:
        if AUDIT in office.grants and application.enterprise.path.startswith(office.organisation.path):
            return Capacity(office.organisation, AUDIT)
    return Capacity()


def current_evidence_of(application: Application) -> dict[str, list[Evidence]]:
    """Return the files that are attached now, by kind, in the order of upload."""
    by_kind: dict[str, list[Evidence]] = {}
    for item in application.evidence.filter(removed_at=None).select_related("stored").order_by("pk"):
        by_kind.setdefault(item.kind, []).append(item)
    return by_kind


def _last_with(item: Evidence) -> int | None:
    revisions = item.application.revisions.order_by("-number").values_list("number", "document")
    return next((number for number, document in revisions if _holds(json.loads(document), item)), None)


def _holds(document: dict[str, Any], item: Evidence) -> bool:
    return any(
        (entry["kind"], entry["sha256"]) == (item.kind, item.stored.sha256) for entry in document["evidence"]
    )
