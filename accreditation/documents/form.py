"""申报表: a revision of an application, with the opinion of each level or an empty cell ready to be stamped."""

import json
from typing import Any

from accreditation.completeness import evidence_label
from accreditation.documents.sheets import in_chinese, pdf
from accreditation.face.answers import sections
from accreditation.face.dates import full_moment
from accreditation.models import Application, Revision
from accreditation.queries.opinion_cells import cells
from accreditation.queries.part import Part
from accreditation.queries.timeline import events_of
from certificates.kept import Request


@in_chinese
def application_form(application: Application, revision: Revision, part: Part) -> Request:
    """Return the form of a revision with what somebody with this part may know of the opinions on it."""
    document = json.loads(revision.document)
    files: dict[str, list[dict[str, Any]]] = {}
    for one in document["evidence"]:
        files.setdefault(one["good"], []).append({"kind": evidence_label(one["kind"]), "name": one["name"]})
    return pdf(
        "application_form",
        name=f"{application.studio.name}申报表第{revision.number}版",  # untranslated: a Chinese document
        sheets=("form",),
        title=f"{application.studio.name}申报表",  # untranslated: a Chinese document
        mark=f"摘要 SHA-256 {revision.sha256}　{full_moment(revision.submitted_at)}",  # untranslated: as above
        application=application,
        revision=revision,
        sections=sections(document, files),
        cells=cells(application, part, events_of(application.stream), revision.number),
    )
