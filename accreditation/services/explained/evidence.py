"""What submitted revisions speak of, their files and studio, and the site visits: each is what the record says."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accreditation.models import Evidence, Revision, SiteVisit, SiteVisitPhoto, StoredFile
from accreditation.services.explained.applications import Applications
from accreditation.services.explained.comparing import code_of, hold, missing, place_of, stray
from accreditation.services.explained.studios import check_studios
from workflows.ledger.verification.broken import Broken, Fault

BLOCK = 1024 * 1024  # bytes read at a time
SAID = ("good", "kind", "name", "sha256", "size", "media_type")
"""What a revision says of a file."""


class Stored(NamedTuple):
    """A file in the storage: its row, its name there and the hash that it must have."""

    pk: int
    name: str
    sha256: str


def check_evidence(batch: Applications) -> int:
    """Check that every file that a revision names is kept as it was, and the studios; return how many files.

    Raises Broken.
    """
    pks = [one.pk for one in batch]
    rows = Evidence.objects.filter(application__in=pks).order_by("pk")
    columns = ("good", "kind", "name", "stored__sha256", "stored__size", "stored__media_type")
    kept = {
        row[:7]: row[7:] for row in rows.values_list("application_id", *columns, "stored_id", "stored__file")
    }
    files: set[Stored] = set()
    printed: dict[int, dict[str, str]] = {}
    revisions = Revision.objects.filter(application__in=pks).order_by("pk")
    count = 0
    for revision, pk, document in revisions.values_list("pk", "application_id", "document").iterator():
        form = json.loads(document)
        printed[pk] = {"name": form["studio"]["name"], "leader_name": form["leader"]["name"]}
        for entry in form["evidence"]:
            stored = kept.get((pk, *(entry[name] for name in SAID)))
            if stored is None:
                raise missing(place_of(Evidence, f"{entry['name']} {entry['sha256']} ({revision})"))
            files.add(Stored(stored[0], stored[1], entry["sha256"]))
            count += 1
    check_studios(batch, printed)
    check_files(files)
    return count


def check_visits(batch: Applications) -> int:
    """Check that the site visits are those on record, with their day and photos; return how many. Raises Broken."""
    visits = SiteVisit.objects.filter(application__in=[one.pk for one in batch]).prefetch_related("made_by")
    found = {(one.application_id, str(one.public_id)): one for one in visits}
    photos = _photos([one.pk for one in found.values()])
    count = len(found)
    for one in batch:
        for event in one.history.said("visit"):
            code = event.facts["visit"]
            visit = found.pop((one.pk, code), None)
            if visit is None:
                raise missing(event.place(SiteVisit, code))
            stored = photos.get(visit.pk, [])
            seen: dict[str, Any] = {
                "visited_on": visit.visited_on.isoformat(),
                "made_at": visit.made_at,
                "made_by": code_of(visit, "made_by"),
                "photos": [file.sha256 for file in stored],
            }
            said = event.facts
            expected = {
                "visited_on": said["on"],
                "made_at": event.at,
                "made_by": event.actor,
                "photos": said["photos"],
            }
            hold(event.place(SiteVisit, visit.pk), expected, seen)
            check_files(stored)
    for visit in found.values():
        raise stray(SiteVisit, visit.pk)
    return count


def check_files(files: Iterable[Stored]) -> None:
    """Check that each stored file has the content that its row is named after. Raises Broken."""
    for file in files:
        digest = hashlib.sha256()
        try:
            with default_storage.open(file.name, "rb") as content:
                while block := content.read(BLOCK):
                    digest.update(block)
        except (OSError, SuspiciousFileOperation) as error:
            what = _("存着的文件%(name)s打不开：%(error)s") % {"name": file.name, "error": error}
            raise Broken(place_of(StoredFile, file.pk), Fault.FILE, what) from error
        if digest.hexdigest() != file.sha256:
            what = _("存着的文件%(name)s与登记的摘要不符，被改过") % {"name": file.name}
            raise Broken(place_of(StoredFile, file.pk), Fault.FILE, what)


def _photos(visits: list[int]) -> dict[int, list[Stored]]:
    """Return the photos by visit, in their order."""
    found: dict[int, list[Stored]] = {}
    rows = SiteVisitPhoto.objects.filter(visit__in=visits).order_by("pk")
    columns = ("visit_id", "stored_id", "stored__file", "stored__sha256")
    for visit, *stored in rows.values_list(*columns):
        found.setdefault(visit, []).append(Stored(*stored))
    return found
