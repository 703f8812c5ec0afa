"""Which personal text was erased by order, as the events say that record the erasures."""

from collections.abc import Mapping, Set

from workflows.ledger.chain import written
from workflows.models import Event

ERASE = "erase"
"""The action of the event that stands in the same stream, with `events` in its facts: [[sequence, [field, …]], …]."""

Erased = Mapping[str, Mapping[int, Set[str]]]
"""The erased fields by stream and sequence."""


def recorded(stream: str = "") -> Erased:
    """Return what was erased in all streams, or in one. One query; as many entries as there were erasures."""
    rows = Event.objects.filter(action=ERASE).order_by("pk")
    if stream:
        rows = rows.filter(stream=stream)
    found: dict[str, dict[int, set[str]]] = {}
    for stream_, body in rows.values_list("stream", "body").iterator():
        fields = found.setdefault(stream_, {})
        for sequence, names in _events(body):
            fields.setdefault(sequence, set()).update(names)
    return found


def _events(body: str) -> list[tuple[int, list[str]]]:
    """Return what one erasure says; nothing where it does not speak so, as after tampering."""
    try:
        return [
            (int(sequence), list(map(str, names))) for sequence, names in written(body)["facts"]["events"]
        ]
    except (LookupError, TypeError, ValueError):
        return []
