"""What the rows of many streams come to together: places taken of quotas, numbers given, orders of candidates."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Count

from accreditation.models import Application, Cycle, Organisation, Quota, Rank
from accreditation.services.explained.comparing import Claim, Kept, hold, hold_rows, place_of
from accreditation.states import Level
from workflows.models import Event

BODIES = [kind for kind, level in Organisation.LEVELS.items() if level == Level.DISTRICT]
"""Those that are given places, and order their candidates."""


def check_sums(streams: Sequence[str] | None) -> int:
    """Check the sums of these cycles and bodies (None: of all), whose rows each hold. Raises Broken.

    Returns how many places in orders those are.
    """
    cycles, bodies = Cycle.objects.order_by("pk"), Organisation.objects.filter(kind__in=BODIES).order_by("pk")
    if streams is not None:
        cycles = cycles.filter(public_id__in=_codes(streams, Cycle.stream_kind))
        bodies = bodies.filter(public_id__in=_codes(streams, Organisation.stream_kind))
    for cycle in cycles:
        _check_cycle(cycle)
    return sum(_check_order(body) for body in bodies)


def _codes(streams: Iterable[str], kind: str) -> list[str]:
    return [stream.partition("/")[2] for stream in streams if stream.startswith(f"{kind}/")]


def _check_cycle(cycle: Cycle) -> None:
    """Each application that is recommended takes a place; each that was ever submitted has a number."""
    rows = Application.objects.filter(cycle=cycle).order_by().values_list("district")
    counted = list(rows.annotate(Count("recommended_at"), Count("submitted_at")))
    used = {district: recommended for district, recommended, _submitted in counted}
    for quota in Quota.objects.filter(cycle=cycle).order_by("pk"):
        expected = {"used": used.get(quota.organisation_id, 0)}
        hold(place_of(Quota, quota.pk, cycle.stream), expected, vars(quota))
    numbers = sum(submitted for _district, _recommended, submitted in counted)
    hold(place_of(Cycle, cycle.pk, cycle.stream), {"next_number": numbers + 1}, vars(cycle))


def _check_order(body: Organisation) -> int:
    """Check the places in the orders of a body and how often each was changed; return how many places."""
    said: dict[tuple[str, str], list[Claim]] = {}
    changes: Counter[str] = Counter()
    events = Event.objects.filter(stream=body.stream, action="rank").order_by("sequence")
    for sequence, text in events.values_list("sequence", "body").iterator():
        facts = json.loads(text)["facts"]
        changes[facts["cycle"]] += 1
        for position, code in enumerate(facts["applications"], start=1):
            if code not in facts["unplaced"]:  # it was decided on before there was any order
                said[body.stream, code] = [Claim(body.stream, sequence, {"position": position})]
    ranks = Rank.objects.filter(application__district=body).order_by("pk")
    found = {
        (body.stream, str(code)): [Kept(pk, {"position": position})]
        for pk, code, position in ranks.values_list("pk", "application__public_id", "position").iterator()
    }
    for quota in Quota.objects.filter(organisation=body).select_related("cycle").order_by("pk"):
        expected = {"ranking_version": changes[quota.cycle.code]}
        hold(place_of(Quota, quota.pk, body.stream), expected, vars(quota))
    return hold_rows(Rank, said, found)
