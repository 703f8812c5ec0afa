"""The files of submitted revisions: each is there, and is what the revision says."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from accreditation.models import Application, Evidence, Revision, SiteVisit, SiteVisitPhoto, StoredFile
from accreditation.services.explained.comparing import hold, missing, place_of, stray
from accreditation.services.explained.histories import History
from workflows.ledger.verification.broken import Broken, Fault, Place

BLOCK = 1024 * 1024  # bytes read at a time
SAID = ("good", "kind", "name", "sha256", "size", "media_type")


def check_evidence(rows: Sequence[Application], said: Mapping[str, History]) -> int:
    """Check that every file that a revision names is kept as it was; return how many. Raises Broken."""
    kept: dict[int, dict[tuple[Any, ...], Evidence]] = {}
    for one in Evidence.objects.filter(application__in=rows).select_related("stored"):
        kept.setdefault(one.application_id, {})[_columns(one)] = one
    files: dict[str, StoredFile] = {}
    count = 0
    revisions = Revision.objects.filter(application__in=rows).order_by("application", "number")
    for application, number, document in revisions.values_list("application", "number", "document"):
        for entry in json.loads(document)["evidence"]:
            evidence = kept.get(application, {}).get(tuple(entry[name] for name in SAID))
            if evidence is None:
                raise missing(Place(Evidence._meta.db_table, f"{entry['name']} {entry['sha256']} v{number}"))
            files[evidence.stored.sha256] = evidence.stored
            count += 1
    check_files(files.values())
    return count


def check_visits(rows: Sequence[Application], said: Mapping[str, History]) -> int:
    """Check that the site visits are those on record, with their day and photos; return how many. Raises Broken."""
    visits = SiteVisit.objects.filter(application__in=rows).select_related("made_by")
    found = {str(one.public_id): one for one in visits}
    photos: dict[int, list[StoredFile]] = {}
    shown = SiteVisitPhoto.objects.filter(visit__in=visits).select_related("stored").order_by("pk")
    for photo in shown:
        photos.setdefault(photo.visit_id, []).append(photo.stored)
    for row in rows:
        for event in said[row.stream].said("visit"):
            visit = found.pop(event.facts["visit"], None)
            if visit is None:
                raise missing(event.place(SiteVisit._meta.db_table, event.facts["visit"]))
            expected = {
                "on": event.facts["on"],
                "at": event.at,
                "by": event.actor,
                "photos": event.facts["photos"],
            }
            by, stored = str(visit.made_by.public_id), photos.get(visit.pk, [])
            seen = {"on": visit.visited_on.isoformat(), "at": visit.made_at, "by": by}
            place = place_of(visit, row.stream, event.sequence)
            hold(place, expected, seen | {"photos": [one.sha256 for one in stored]})
            check_files(stored)
    for visit in found.values():
        raise stray(visit)
    return len(visits)


def check_files(files: Iterable[StoredFile]) -> None:
    """Check that each stored file has the content that its row is named after. Raises Broken."""
    for stored in files:
        digest = hashlib.sha256()
        try:
            with default_storage.open(stored.file.name, "rb") as content:
                while block := content.read(BLOCK):
                    digest.update(block)
        except OSError as error:
            what = _("存着的文件%(name)s打不开：%(error)s") % {"name": stored.file.name, "error": error}
            raise Broken(place_of(stored), Fault.FILE, what) from error
        if digest.hexdigest() != stored.sha256:
            what = _("存着的文件%(name)s与登记的摘要不符，被改过") % {"name": stored.file.name}
            raise Broken(place_of(stored), Fault.FILE, what)


def _columns(one: Evidence) -> tuple[Any, ...]:
    stored = one.stored
    return (one.good, one.kind, one.name, stored.sha256, stored.size, stored.media_type)
