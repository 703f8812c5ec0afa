"""What the events say of cycles: their settings, quotas and panel, what people declared, the meetings of the city."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accreditation.queries.replay_deeds import person
from accreditation.services.cycles import SETTINGS
from accreditation.services.explained.comparing import Claim, texts_of
from workflows.ledger.verification.erasures import ERASE
from workflows.models import Event

CHANGING = ("open_cycle", "change_cycle", "choose_versions", "set_quota", "set_experts")
DECLARE, MEET = "declare", "hold_meeting"


@dataclass
class Declared:
    """What somebody declared last: when, of which enterprises, by which event, and in which words.

    `words` is None where they are gone.
    """

    at: datetime
    enterprises: list[str]
    sequence: int
    words: str | None = ""


@dataclass
class Chosen:
    """What the events say of one cycle: the places of each body with the event that gave them; who declared what.

    `has_erased` tells whether texts of its events were erased.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    experts: list[str] = field(default_factory=list)
    interests: dict[str, Declared] = field(default_factory=dict)
    meetings: dict[str, Claim] = field(default_factory=dict)
    has_erased: bool = False


def cycles_of(streams: Sequence[str]) -> dict[str, Chosen]:
    """Return what is said of the cycles with these streams. Two queries."""
    found = {stream: Chosen() for stream in streams}
    followed = (*CHANGING, DECLARE, MEET, ERASE)
    rows = Event.objects.filter(stream__in=streams, action__in=followed).order_by("stream", "sequence")
    told: dict[int, Declared | Claim] = {}
    columns = ("pk", "stream", "sequence", "action", "body")
    for pk, stream, sequence, action, body in rows.values_list(*columns).iterator():
        said, chosen = json.loads(body), found[stream]
        if action == DECLARE:
            chosen.interests[person(said["actor"])] = declared = _declared(said, sequence)
            if "reason" in said["personal"]:
                told[pk], declared.words = declared, None
        elif action == MEET:
            told[pk] = _met(chosen, said, stream, sequence)
        elif action == ERASE:
            chosen.has_erased = True
        else:
            _follow(chosen, action, said, sequence)
    for pk, texts in texts_of(told):
        _tell(told[pk], texts)
    return found


def _tell(told: Declared | Claim, texts: Mapping[str, str]) -> None:
    """Say of a row the personal text that was kept; what was erased is not compared."""
    if isinstance(told, Declared):
        told.words = texts.get("reason")
    elif "people" in texts:
        told.columns["people"] = texts["people"]


def _declared(said: Mapping[str, Any], sequence: int) -> Declared:
    return Declared(datetime.fromisoformat(said["at"]), said["facts"]["enterprises"], sequence)


def _met(chosen: Chosen, said: Mapping[str, Any], stream: str, sequence: int) -> Claim:
    facts = said["facts"]
    entered = {"entered_by": person(said["actor"]), "entered_at": datetime.fromisoformat(said["at"])}
    held = {"title": facts["title"], "held_on": date.fromisoformat(facts["held_on"])}
    empty = {} if "people" in said["personal"] else {"people": ""}
    chosen.meetings[facts["meeting"]] = claim = Claim(stream, sequence, entered | held | empty)
    return claim


def _follow(chosen: Chosen, action: str, said: Mapping[str, Any], sequence: int) -> None:
    facts = said["facts"]
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
        chosen.settings["city"] = said["office"]


def _value(name: str, fact: Any) -> Any:
    return datetime.fromisoformat(fact) if name.endswith("_at") else fact
