"""Studios: their names and leaders, as the forms say that were submitted for them."""

from collections.abc import Mapping

from accreditation.models import Application, Studio
from accreditation.services.explained.applications import Applications, Explicable
from accreditation.services.explained.comparing import hold, missing, place_of

Printed = Mapping[int, Mapping[str, str]]
"""The name of the studio and of its leader in the last form that was submitted, by application."""


def check_studios(batch: Applications, printed: Printed) -> None:
    """Check the studios of these applications; one that was not submitted for is as it was drafted. Raises Broken."""
    rows = Studio.objects.filter(pk__in={one.columns["studio_id"] for one in batch})
    studios = {row["pk"]: row for row in rows.values("pk", "enterprise_id", "name", "leader_name")}
    for one in batch:
        pk, form = one.columns["studio_id"], one.history.form
        place = place_of(Studio, pk, one.stream, form.sequence if form else None)
        if pk not in studios:
            raise missing(place)
        studio, said = studios[pk], printed.get(one.pk, {}) if form else {}
        if said and studio["leader_name"] != said["leader_name"]:
            _hold_choice(one, said["leader_name"])
        hold(place, {"enterprise_id": one.columns["enterprise_id"], **said}, studio)


def _hold_choice(one: Explicable, leader: str) -> None:
    """Raise Broken where the studio of this leader is there, and the application points at another one."""
    right = Studio.objects.filter(enterprise=one.columns["enterprise_id"], leader_name=leader).first()
    if right is not None:
        hold(place_of(Application, one.pk, one.stream), {"studio_id": right.pk}, one.columns)
