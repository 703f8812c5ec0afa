"""The documents of a case file that people read: forms, scorecards, visits and the timeline, on paper; the index.

They are in Chinese whatever language the reader of the site has chosen, as the certificate is.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.template.loader import render_to_string

from accreditation.case_files.contents import Contents
from accreditation.completeness import evidence_label
from accreditation.face.answers import sections
from accreditation.models import Application, Revision, Scorecard
from accreditation.queries.review import card_view
from accreditation.queries.rubrics import rubric_of_application
from accreditation.queries.timeline import Entry, told
from certificates.paper import document_pdf

TOLD = (
    "stream",
    "sequence",
    "action",
    "actor",
    "principal",
    "office",
    "role",
    "text",
    "said",
    "revision",
    "hash",
)


def form_pdf(contents: Contents, revision: Revision) -> bytes:
    """The form as it was submitted, with the names of its files and its hash."""
    document = json.loads(revision.document)
    pieces = iter(contents.evidence[revision.number])
    files: dict[str, list[dict[str, Any]]] = {}
    for one in document["evidence"]:
        said = {"kind": evidence_label(one["kind"]), "name": one["name"], "path": next(pieces).path}
        files.setdefault(one["good"], []).append(said)
    return _pdf(
        contents.application,
        "form",
        revision.sha256,
        revision=revision,
        document=document,
        sections=sections(document, files),
    )


def card_pdf(contents: Contents, card: Scorecard) -> bytes:
    """A scorecard as it was submitted."""
    view = card_view(rubric_of_application(contents.application), card)
    return _pdf(contents.application, "card", card.sha256, card=card, view=view)


def visits_pdf(contents: Contents) -> bytes:
    """What was found where the studio works."""
    key = ",".join(str(one.public_id) for one in contents.visits)
    return _pdf(contents.application, "visits", key, visits=contents.visits)


def timeline_pdf(contents: Contents, at: datetime) -> bytes:
    """Everything that happened, one sentence an event; and who opened which file."""
    events, readings = _entries(contents)
    key = (contents.events[-1].hash if contents.events else "") + at.isoformat()
    return _pdf(contents.application, "timeline", key, events=events, readings=readings, at=at)


def timeline_json(contents: Contents) -> str:
    """The same for programs; the hash of each event is that of its body in `proof/events.jsonl`."""
    rows = [
        {name: getattr(entry, name) for name in TOLD}
        | {"at": entry.at.isoformat(), "erased": list(entry.erased)}
        for entries in _entries(contents)
        for entry in entries
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def index_text(contents: Contents, listed: Sequence[tuple[str, str]], at: datetime) -> str:
    """The index 目录: what each file is, in words."""
    said = {"application": contents.application, "listed": listed, "at": at, "contents": contents}
    return render_to_string("documents/index.txt", said)


def _entries(contents: Contents) -> tuple[list[Entry], list[Entry]]:
    """Return the events and the readings in words; an auditor may know of all of them."""
    both = (contents.events, contents.readings)
    events, readings = (told(contents.application, one, sees_panel=True, cards={}) for one in both)
    return events, readings


def _pdf(application: Application, name: str, key: str, **facts: Any) -> bytes:
    said: Mapping[str, Any] = {"application": application, **facts}
    page = render_to_string(f"documents/{name}.html", dict(said))
    return document_pdf(page, identifier=_identifier(application.public_id, name + key))


def _identifier(namespace: UUID, name: str) -> bytes:
    return uuid5(namespace, name).bytes
