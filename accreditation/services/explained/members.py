"""The members of organisations, their grants, and who stands in for them."""

from collections.abc import Mapping, Sequence

from accreditation.models import Membership, Organisation, OrganisationUserObjectPermission
from accreditation.services.explained.comparing import (
    Kept,
    Key,
    code_of,
    hold_rows,
    missing,
    place_of,
    stray,
)
from accreditation.services.explained.office_histories import Office
from workflows.models import Substitution

Offices = Mapping[str, Office]
BATCH = 500


def check_members(rows: Sequence[Organisation], offices: Offices) -> int:
    """Check the memberships, those that have ended as well; return how many. Raises Broken."""
    said = {
        (stream, member): claims for stream, one in offices.items() for member, claims in one.members.items()
    }
    streams, found = _streams(rows), dict[Key, list[Kept]]()
    members = Membership.objects.filter(organisation__in=streams).order_by("pk").prefetch_related("user")
    for row in members.iterator(chunk_size=BATCH):
        key = streams[row.organisation_id], code_of(row, "user")
        found.setdefault(key, []).append(Kept(row.pk, vars(row)))
    return hold_rows(Membership, said, found)


def check_grants(rows: Sequence[Organisation], offices: Offices) -> int:
    """Check the grants on organisations; return how many. Raises Broken."""
    table = OrganisationUserObjectPermission
    grants = table.objects.filter(content_object__in=rows).select_related("user", "permission")
    found = {(one.content_object_id, str(one.user.public_id), one.permission.codename): one for one in grants}
    for row in rows:
        for (member, grant), sequence in offices[row.stream].grants.items():
            if found.pop((row.pk, member, grant), None) is None:
                key = f"{row.code} {member} {grant}"
                raise missing(place_of(table, key, row.stream, sequence))
    for held in found.values():
        raise stray(table, held.pk)
    return len(grants)


def check_substitutions(rows: Sequence[Organisation], offices: Offices) -> int:
    """Check who stands in for whom, and when; return how many rows. Raises Broken."""
    streams, found = _streams(rows), dict[Key, list[Kept]]()
    people = ("principal", "substitute", "made_by")
    substitutions = Substitution.objects.filter(office__in=streams).order_by("pk")
    for row in substitutions.prefetch_related(*people):
        stream = streams[row.office_id]
        columns = vars(row) | {name: code_of(row, name) for name in people}
        found[stream, str(row.public_id)] = [Kept(row.pk, columns)]
        claim = offices[stream].substitutions.get(str(row.public_id))
        if claim and offices[stream].has_erased and not row.note:
            claim.columns.pop("note", None)
    said = {
        (stream, code): [claim]
        for stream, office in offices.items()
        for code, claim in office.substitutions.items()
    }
    return hold_rows(Substitution, said, found)


def _streams(rows: Sequence[Organisation]) -> dict[int, str]:
    return {row.pk: row.stream for row in rows}
