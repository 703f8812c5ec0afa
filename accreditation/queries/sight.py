"""What somebody has before them when they act on an application: the event of their act says so."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet

from accreditation.models import Application, Revision
from workflows.prepared import Prepared


def sight(application: Application, *, with_cards: bool = False) -> dict[str, Any]:
    """Return the revision that is judged (its number, and `document`, its hash).

    `with_cards` adds, for who decides on them, the hashes of the submitted `scorecards` in the order of their seats and
    the `total`. Before the first revision its number is 0. One statement, composed once: every decision asks it.
    """
    found = _BEFORE_THEM.rows(application=application.pk)
    seen: dict[str, Any] = {"revision": application.revision_number}
    if found:
        seen["document"] = found[0][0]
    if not with_cards:
        return seen
    seen["scorecards"] = [card for _document, card in found if card]
    return seen | ({} if application.total is None else {"total": str(application.total)})


def documents_before(applications: Sequence[Application]) -> dict[int, tuple[int, str]]:
    """Return by application the number and the hash of the revision that is judged. One query."""
    rows = Revision.objects.filter(application__in=applications, number=F("application__revision_number"))
    return {
        pk: (number, sha256) for pk, number, sha256 in rows.values_list("application", "number", "sha256")
    }


def _composed(*, application: int) -> QuerySet[Any, Any]:
    judged = Revision.objects.filter(application_id=application, number=F("application__revision_number"))
    return judged.order_by("scorecards__pk").values_list("sha256", "scorecards__sha256")


_BEFORE_THEM = Prepared(_composed, "application")
