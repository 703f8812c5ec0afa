"""Who may see which file: applicants what is attached now, everybody else what was submitted."""

import json
from typing import Any
from uuid import UUID

from accreditation.models import Application, Evidence, User
from accreditation.permissions import may_apply
from accreditation.scope import visible_applications


def evidence_for(user: User, public_id: UUID) -> Evidence | None:
    """Return the file if the user may see it, else None.

    A file that is attached now is seen by the applicant's people; a file of a revision, removed since or not, by
    everybody who may see the application.
    """
    found = Evidence.objects.select_related("stored", "application").filter(
        public_id=public_id, application__in=visible_applications(user)
    )
    item = found.first()
    if item is None:
        return None
    own = item.removed_at is None and may_apply(item.application, user)
    return item if own or _was_submitted(item) else None


def current_evidence_of(application: Application) -> dict[str, list[Evidence]]:
    """Return the files that are attached now, by kind, in the order of upload."""
    by_kind: dict[str, list[Evidence]] = {}
    for item in application.evidence.filter(removed_at=None).select_related("stored").order_by("pk"):
        by_kind.setdefault(item.kind, []).append(item)
    return by_kind


def _was_submitted(item: Evidence) -> bool:
    documents = item.application.revisions.values_list("document", flat=True)
    return any(_holds(json.loads(document), item) for document in documents)


def _holds(document: dict[str, Any], item: Evidence) -> bool:
    return any(
        (entry["kind"], entry["sha256"]) == (item.kind, item.stored.sha256) for entry in document["evidence"]
    )
