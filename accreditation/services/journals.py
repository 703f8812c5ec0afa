"""Reading files and taking data out: events in journals of their own kinds (`workflows.journals`)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accreditation.models import Application, Organisation, User
from accreditation.permissions import may_apply
from accreditation.queries.evidence import reading_for
from workflows.actors import Actor
from workflows.journals import note_down
from workflows.ledger.chain import canonical
from workflows.models import Event

READING, EXPORT = "reading", "export"
AGAIN = timedelta(hours=1)
"""Opening the same file again within this time is the same reading.

A page back and forth, a second look while the reasons are written, a browser that asks twice: all of it is one sitting
with a file. An hour needs no session, so that nobody reads unseen by signing in anew, and bounds what one person can
add to the ledger with one file to 24 events a day.
"""


def evidence_read(
    application: Application,
    *,
    by: User,
    at: datetime,
    sha256: str,
    kind: str,
    revision: int | None = None,
    about: UUID | None = None,
) -> Event | None:
    """Note that somebody opened a file of an application; None for its own people, and for the same reading.

    `kind` is that of the evidence, or "visit" (a photo), "certificate", or "form" (a revision on paper, known by its
    hash); `revision` the last one that holds the file; `about` the record it belongs to. The caller has asked whether
    they may, and serves the file afterwards: a file whose event cannot be written is not served.
    """
    if may_apply(application, by) or _is_same_reading(application, by, at, sha256):
        return None
    facts: dict[str, Any] = {"file": sha256, "kind": kind}
    facts |= {"revision": revision} if revision else {}
    facts |= {"about": str(about)} if about else {}
    read_for = reading_for(application, by, at)
    return note_down(
        READING,
        str(application.public_id),
        "read",
        by=by,
        at=at,
        office=read_for.office,
        role=read_for.role,
        **facts,
    )


def exported(
    *,
    by: Actor,
    at: datetime,
    what: str,
    count: int,
    filter: Mapping[str, Any] | None = None,
    office: Organisation | None = None,
    role: str = "",
    **facts: Any,
) -> Event:
    """Note that somebody took data out: call it in the view or the duty that hands the file over, before it does.

    `what` is a short code of ours ("events", "case_file"), `count` how many rows or records it holds, `filter` what was
    looked for, by the names of its fields (JSON). What people type into a search may name somebody: the filter's text
    is kept apart with the names, and only its fields stand in the event. `facts` are further ones (JSON without
    floats), such as `application` or the `sha256` of the file. One event an export, however large it is.
    """
    asked = {name: value for name, value in (filter or {}).items() if value not in ("", None, [], ())}
    return note_down(
        EXPORT,
        str(by.public_id),
        "export",
        by=by,
        at=at,
        office=office,
        role=role,
        names={"filter": canonical(asked)} if asked else None,
        what=what,
        count=count,
        filtered=sorted(asked),
        **facts,
    )


def _is_same_reading(application: Application, by: User, at: datetime, sha256: str) -> bool:
    """Whether they read this file within the hour. It looks through their own last hour alone."""
    recent = Event.objects.filter(actor=by, at__gt=at - AGAIN, stream=f"{READING}/{application.public_id}")
    return recent.filter(action="read", body__contains=f'"file":"{sha256}"').exists()
