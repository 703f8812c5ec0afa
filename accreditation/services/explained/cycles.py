"""Cycles: their settings, quotas and panel, as the events chose them, and the interests that people declared."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accreditation.models import Cycle, Declaration, Quota
from accreditation.services.cycles import SETTINGS
from accreditation.services.explained.comparing import code_of, hold, missing, place_of, stray
from workflows.models import Event

CHANGING = ("open_cycle", "change_cycle", "choose_versions", "set_quota", "set_experts", "declare")
Declared = tuple[str, list[str], int]
"""When interests were declared last, the codes of the enterprises, and the number of the event."""


@dataclass
class Chosen:
    """What the events say of one cycle: the places of each body with the event that gave them; who declared what."""

    settings: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    experts: list[str] = field(default_factory=list)
    interests: dict[str, Declared] = field(default_factory=dict)


def check_cycles(streams: Sequence[str]) -> int:
    """Check the cycles with these streams; return how many rows. Raises Broken."""
    codes = [stream.partition("/")[2] for stream in streams if stream.startswith(f"{Cycle.stream_kind}/")]
    rows = list(Cycle.objects.filter(public_id__in=codes).select_related("rubric").order_by("pk"))
    said = _said([row.stream for row in rows])
    count = 0
    for row in rows:
        chosen = said[row.stream]
        experts = sorted(str(code) for code in row.experts.values_list("public_id", flat=True))
        found = vars(row) | {
            "rubric": row.rubric.version,
            "rubric_sha256": row.rubric.sha256,
            "experts": experts,
        }
        hold(place_of(Cycle, row.pk, row.stream), chosen.settings | {"experts": chosen.experts}, found)
        count += _check_quotas(row, chosen) + _check_interests(row, chosen)
    return count


def _said(streams: Sequence[str]) -> dict[str, Chosen]:
    found = {stream: Chosen() for stream in streams}
    rows = Event.objects.filter(stream__in=streams, action__in=CHANGING).order_by("stream", "sequence")
    for stream, sequence, action, body in rows.values_list("stream", "sequence", "action", "body").iterator():
        said = json.loads(body)
        if action == "declare":
            declared = said["at"], said["facts"]["enterprises"], sequence
            found[stream].interests[said["actor"].removeprefix("user/")] = declared
        else:
            _follow(found[stream], action, said["facts"], sequence)
    return found


def _follow(chosen: Chosen, action: str, facts: Any, sequence: int) -> None:
    if action == "set_quota":
        chosen.places[facts["organisation"]] = (facts["places"], sequence)
    elif action == "set_experts":
        chosen.experts = facts["experts"]
    elif action == "choose_versions":
        chosen.settings.pop("rubric_sha256", None)
        chosen.settings |= {"process_version": facts["process_to"], "rubric": facts["rubric_to"]}
    else:
        chosen.settings |= {name: _value(name, facts[name]) for name in SETTINGS if name in facts}
    if action == "open_cycle":
        chosen.settings |= {"code": facts["code"], "level": facts["level"], "rubric_sha256": facts["rubric"]}
        chosen.settings |= {"process_version": facts["process"]} if "process" in facts else {}


def _value(name: str, fact: Any) -> Any:
    return datetime.fromisoformat(fact) if name.endswith("_at") else fact


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


def _check_interests(row: Cycle, chosen: Chosen) -> int:
    """Check what was declared. A declaration of nothing keeps nobody out: it may stand without an event."""
    rows = (
        Declaration.objects.filter(cycle=row).select_related("user").prefetch_related("interests__enterprise")
    )
    found = {str(one.user.public_id): one for one in rows}
    count = len(found)
    for person, (at, enterprises, sequence) in chosen.interests.items():
        declaration = found.pop(person, None)
        if declaration is None:
            raise missing(place_of(Declaration, f"{row.code} {person}", row.stream, sequence))
        codes = sorted(code_of(one, "enterprise", "code") for one in declaration.interests.all())
        expected = {"declared_at": datetime.fromisoformat(at), "enterprises": enterprises}
        columns = {"declared_at": declaration.declared_at, "enterprises": codes}
        hold(place_of(Declaration, declaration.pk, row.stream, sequence), expected, columns)
    for declaration in found.values():
        if declaration.interests.all():
            raise stray(Declaration, declaration.pk)
    return count
