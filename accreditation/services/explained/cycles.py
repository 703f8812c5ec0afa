"""Cycles: their settings, quotas and panel, as the events chose them; what people declared, and the city's meetings."""

from collections.abc import Sequence

from accreditation.models import Cycle, Declaration, Interest, Meeting, Quota
from accreditation.services.explained.comparing import (
    Kept,
    code_of,
    hold,
    hold_rows,
    missing,
    place_of,
    stray,
)
from accreditation.services.explained.cycle_histories import Chosen, Declared, cycles_of


def check_cycles(streams: Sequence[str]) -> int:
    """Check the cycles with these streams; return how many rows. Raises Broken."""
    codes = [stream.partition("/")[2] for stream in streams if stream.startswith(f"{Cycle.stream_kind}/")]
    rows = Cycle.objects.filter(public_id__in=codes).select_related("rubric").prefetch_related("city")
    ordered = list(rows.order_by("pk"))
    said = cycles_of([row.stream for row in ordered])
    count = 0
    for row in ordered:
        chosen = said[row.stream]
        experts = sorted(str(code) for code in row.experts.values_list("public_id", flat=True))
        found = vars(row) | {
            "rubric": row.rubric.version,
            "rubric_sha256": row.rubric.sha256,
            "city": code_of(row, "city", "code"),
            "experts": experts,
        }
        hold(place_of(Cycle, row.pk, row.stream), chosen.settings | {"experts": chosen.experts}, found)
        count += _check_quotas(row, chosen) + _check_interests(row, chosen) + _check_meetings(row, chosen)
    return count


def _check_quotas(row: Cycle, chosen: Chosen) -> int:
    quotas = Quota.objects.filter(cycle=row).select_related("organisation")
    found = {quota.organisation.code: quota for quota in quotas}
    for code, (places, sequence) in chosen.places.items():
        quota = found.pop(code, None)
        if quota is None:
            raise missing(place_of(Quota, f"{row.code} {code}", row.stream, sequence))
        hold(place_of(Quota, quota.pk, row.stream, sequence), {"places": places}, vars(quota))
    for quota in found.values():
        raise stray(Quota, quota.pk)
    return len(quotas)


def _check_meetings(row: Cycle, chosen: Chosen) -> int:
    """Check the meetings. What came of their decisions is in the events of the applications."""
    meetings = Meeting.objects.filter(cycle=row).order_by("pk").prefetch_related("entered_by")
    found = {
        (row.stream, str(one.public_id)): [
            Kept(one.pk, vars(one) | {"entered_by": code_of(one, "entered_by")})
        ]
        for one in meetings
    }
    return hold_rows(Meeting, {(row.stream, code): [claim] for code, claim in chosen.meetings.items()}, found)


def _check_interests(row: Cycle, chosen: Chosen) -> int:
    """Check what was declared. A declaration of nothing keeps nobody out: it may stand without an event."""
    rows = Declaration.objects.filter(cycle=row).select_related("user")
    found = {str(one.user.public_id): one for one in rows.prefetch_related("interests__enterprise")}
    count = len(found)
    for person, declared in chosen.interests.items():
        declaration = found.pop(person, None)
        if declaration is None:
            raise missing(place_of(Declaration, f"{row.code} {person}", row.stream, declared.sequence))
        codes = sorted(code_of(one, "enterprise", "code") for one in declaration.interests.all())
        expected = {"declared_at": declared.at, "enterprises": declared.enterprises}
        columns = {"declared_at": declaration.declared_at, "enterprises": codes}
        hold(place_of(Declaration, declaration.pk, row.stream, declared.sequence), expected, columns)
        _check_notes(row, list(declaration.interests.all()), declared, chosen)
    for declaration in found.values():
        if declaration.interests.all():
            raise stray(Declaration, declaration.pk)
    return count


def _check_notes(row: Cycle, interests: Sequence[Interest], declared: Declared, chosen: Chosen) -> None:
    """The notes are one text in the event: "enterprise：note" of each that has one, in whatever order."""
    words = declared.words
    noted = [f"{one.enterprise.name}：{one.note}" for one in interests if one.note]
    if words is None or (not noted and chosen.has_erased):
        return
    ordered = sorted(noted, key=words.find)
    between = words[len(ordered[0]) : words.find(ordered[1])] if len(ordered) > 1 else ""
    if between.join(ordered) == words:
        return
    pieces = [(one, f"{one.enterprise.name}：{one.note}") for one in interests]
    wrong = (pair for pair in pieces if (pair[1] in words) != bool(pair[0].note))
    changed, piece = next(wrong, pieces[0])
    hold(place_of(Interest, changed.pk, row.stream, declared.sequence), {"note": words}, {"note": piece})
