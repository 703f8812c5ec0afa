"""The register counted: how many studios each district, industry and group has, by level."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q

from accreditation.models import StudioLevel
from accreditation.queries.register import newest

HIGH = (StudioLevel.DEMONSTRATION, StudioLevel.NATIONAL)


def counts_by_district() -> list[dict[str, Any]]:
    """Return for each district its studios by level (`gold`, `ink`, `open`) and in all (`count`), the most first."""
    counted_rows = (
        newest()
        .order_by()
        .values("district__code", "district__name", "district__short_name")
        .annotate(
            gold=Count("pk", filter=Q(level__in=HIGH)),
            ink=Count("pk", filter=Q(level=StudioLevel.CITY)),
            count=Count("pk"),
        )
        .order_by("-count", "district__code")
    )
    return [
        {
            "code": row["district__code"],
            "name": row["district__name"],
            "label": row["district__short_name"] or row["district__name"],
            "gold": row["gold"],
            "ink": row["ink"],
            "open": row["count"] - row["gold"] - row["ink"],
            "count": row["count"],
        }
        for row in counted_rows
    ]


def whole(counts: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the counts of all districts together."""
    rows = list(counts)
    return {name: sum(row[name] for row in rows) for name in ("gold", "ink", "open", "count")}
