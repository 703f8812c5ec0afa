"""Organisations: their place in the tree, their members and the grants on them, as the events gave and took them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from accreditation.models import Membership, Organisation, OrganisationUserObjectPermission
from accreditation.services.explained.comparing import code_of, hold, missing, place_of, stray
from workflows.models import Event

CHANGING = ("found", "join", "leave", "grant", "revoke", "set_escalation")
Held = tuple[str, str]


@dataclass
class Office:
    """What the events say of one organisation; each grant (person, grant) with the event that gave it last."""

    founded: dict[str, Any] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    grants: dict[Held, int] = field(default_factory=dict)
    escalates_to: str = ""


def check_offices(streams: Sequence[str]) -> int:
    """Check the organisations with these streams; return how many rows. Raises Broken."""
    codes = [
        stream.partition("/")[2] for stream in streams if stream.startswith(f"{Organisation.stream_kind}/")
    ]
    rows = (
        Organisation.objects.filter(public_id__in=codes)
        .select_related("parent", "escalates_to")
        .order_by("pk")
    )
    said = _said([row.stream for row in rows])
    for row in rows:
        office = said[row.stream]
        found = {
            "kind": row.kind,
            "code": row.code,
            "parent": code_of(row, "parent", "code"),
            "escalates_to": code_of(row, "escalates_to"),
            "path": row.path,
        }
        path = f"{row.parent.path if row.parent else ''}{row.code}/"
        hold(
            place_of(Organisation, row.pk, row.stream),
            office.founded | {"escalates_to": office.escalates_to, "path": path},
            found,
        )
    return _check_members(list(rows), said) + _check_grants(list(rows), said)


def refuse_unfounded() -> None:
    """Raise Broken where there is an organisation that nobody founded."""
    unfounded = Organisation.objects.filter(sequence=0).order_by("pk").first()
    if unfounded is not None:
        raise stray(Organisation, unfounded.pk)


def _said(streams: Sequence[str]) -> dict[str, Office]:
    found = {stream: Office() for stream in streams}
    rows = Event.objects.filter(stream__in=streams, action__in=CHANGING).order_by("stream", "sequence")
    for stream, sequence, action, body in rows.values_list("stream", "sequence", "action", "body").iterator():
        said = json.loads(body)
        _follow(found[stream], action, said["facts"], sequence, above=said["office"])
    return found


def _follow(office: Office, action: str, facts: Any, sequence: int, *, above: str) -> None:
    if action == "found":
        office.founded = {"kind": facts["kind"], "code": facts["code"], "parent": above}
    elif action == "join":
        office.members[facts["member"]] = sequence
    elif action == "leave":
        office.members.pop(facts["member"], None)
    elif action == "grant":
        office.grants[facts["member"], facts["grant"]] = sequence
    elif action == "revoke":
        office.grants.pop((facts["member"], facts["grant"]), None)
    else:
        office.escalates_to = facts.get("member", "")


def _check_members(rows: Sequence[Organisation], said: dict[str, Office]) -> int:
    members = Membership.objects.filter(organisation__in=rows, ended_at=None).select_related("user")
    found = {(one.organisation_id, str(one.user.public_id)): one for one in members}
    for row in rows:
        for member, sequence in said[row.stream].members.items():
            if found.pop((row.pk, member), None) is None:
                raise missing(place_of(Membership, f"{row.code} {member}", row.stream, sequence))
    for membership in found.values():
        raise stray(Membership, membership.pk)
    return len(members)


def _check_grants(rows: Sequence[Organisation], said: dict[str, Office]) -> int:
    table = OrganisationUserObjectPermission
    grants = table.objects.filter(content_object__in=rows).select_related("user", "permission")
    found = {(one.content_object_id, str(one.user.public_id), one.permission.codename): one for one in grants}
    for row in rows:
        for (member, grant), sequence in said[row.stream].grants.items():
            if found.pop((row.pk, member, grant), None) is None:
                key = f"{row.code} {member} {grant}"
                raise missing(place_of(table, key, row.stream, sequence))
    for held in found.values():
        raise stray(table, held.pk)
    return len(grants)
