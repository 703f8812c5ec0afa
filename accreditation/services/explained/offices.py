"""Organisations: their names and place in the tree, and all that belongs to them, as the events say."""

from collections.abc import Sequence

from accreditation.models import Organisation
from accreditation.services.explained.comparing import code_of, hold, place_of, stray
from accreditation.services.explained.members import (
    check_grants,
    check_members,
    check_substitutions,
)
from accreditation.services.explained.office_histories import offices_of

OF_OFFICES = (check_members, check_grants, check_substitutions)


def check_offices(streams: Sequence[str]) -> int:
    """Check the organisations with these streams; return how many rows. Raises Broken."""
    codes = [
        stream.partition("/")[2] for stream in streams if stream.startswith(f"{Organisation.stream_kind}/")
    ]
    bodies = Organisation.objects.filter(public_id__in=codes)
    rows = list(bodies.select_related("parent", "escalates_to").order_by("pk"))
    offices = offices_of([row.stream for row in rows])
    for row in rows:
        office = offices[row.stream]
        above = {"parent": code_of(row, "parent", "code"), "escalates_to": code_of(row, "escalates_to")}
        path = f"{row.parent.path if row.parent else ''}{row.code}/"
        said = office.founded | {"escalates_to": office.escalates_to, "path": path}
        hold(place_of(Organisation, row.pk, row.stream), said, vars(row) | above)
    return sum(check(rows, offices) for check in OF_OFFICES)


def refuse_unfounded() -> None:
    """Raise Broken where there is an organisation that nobody founded."""
    unfounded = Organisation.objects.filter(sequence=0).order_by("pk").first()
    if unfounded is not None:
        raise stray(Organisation, unfounded.pk)
