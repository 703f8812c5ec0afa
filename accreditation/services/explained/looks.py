"""How certificates look, against what the events say was chosen and saved."""

import json
from typing import Any

from accreditation.services.certificate_looks import CONFIGURE, SAVE, design_digest, layout_digest
from accreditation.services.explained.comparing import hold, missing, place_of, stray
from certificates.models import Design, Layout
from workflows.models import Event


def check_looks() -> None:
    """Check that each layout and each version of a design is what its event says. Raises Broken."""
    _check(Layout, CONFIGURE, "layout", {row.version: _of_layout(row) for row in Layout.objects.all()})
    designs = {str(row.public_id): _of_design(row) for row in Design.objects.iterator()}
    _check(Design, SAVE, "design", designs)


def _of_layout(row: Layout) -> dict[str, Any]:
    return {"layout": row.version, "sha256": layout_digest(row.document)}


def _of_design(row: Design) -> dict[str, Any]:
    return {
        "name": row.name,
        "version": row.version,
        "purpose": row.purpose,
        "based_on": row.based_on,
        "sha256": design_digest(row),
    }


def _check(model: Any, action: str, key: str, found: dict[Any, dict[str, Any]]) -> None:
    """Hold each row against the event that names it; none without an event, no event without its row."""
    rows = Event.objects.filter(action=action).order_by("stream", "sequence")
    for stream, sequence, body in rows.values_list("stream", "sequence", "body").iterator():
        facts = json.loads(body)["facts"]
        row = found.pop(facts[key], None)
        place = place_of(model, facts[key], stream, sequence)
        if row is None:
            raise missing(place)
        hold(place, {column: facts[column] for column in row}, row)
    for key_of_row in found:
        raise stray(model, key_of_row)
