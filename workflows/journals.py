"""Events of what belongs to no row of the domain: readings, exports, sign-ins, settings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from workflows.actors import Actor
from workflows.engine import record
from workflows.models import Event, Journal


@transaction.atomic
def note_down(
    kind: str,
    code: str,
    action: str,
    /,
    *,
    by: Actor,
    at: datetime,
    office: Any = None,
    role: str = "",
    reason: str = "",
    names: Mapping[str, str] | None = None,
    **facts: Any,
) -> Event:
    """Append an event to the journal of this kind and code, which is begun if there is none yet.

    `names` are texts about people; where one is somebody's name, the fact of the same key holds their code, so that
    it can be found again when they are to be erased.
    """
    Journal.objects.get_or_create(kind=kind, code=code)
    journal = Journal.objects.select_for_update().get(kind=kind, code=code)
    return record(
        journal, action, by=by, at=at, office=office, role=role, reason=reason, names=names, **facts
    )
