"""The public register: studios in force, found and counted. What a page may show of an application is chosen here."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accreditation.facts import counted, figure, members, rows, section, text
from accreditation.figures import Figure, total
from accreditation.models import Designation, Organisation, Revision, StudioLevel

HIGH = (StudioLevel.DEMONSTRATION, StudioLevel.NATIONAL)
LIMIT_OF_TRADES = 8


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for; empty parts find everything."""

    words: str = ""
    district: str = ""
    year: int | None = None
    level: str = ""

    @property
    def is_narrow(self) -> bool:
        """Return whether anything is asked at all."""
        return bool(self.words or self.district or self.year or self.level)


def in_register() -> QuerySet[Designation]:
    """Return each studio's newest designation, with what a row shows."""
    newer = Designation.objects.filter(
        Q(named_on__gt=OuterRef("named_on")) | Q(named_on=OuterRef("named_on"), pk__gt=OuterRef("pk")),
        studio=OuterRef("studio"),
    )
    return Designation.objects.filter(~Exists(newer)).select_related(
        "studio__enterprise", "district", "certificate"
    )


def find(wanted: Wanted) -> QuerySet[Designation]:
    """Return the designations that are looked for, the newest first."""
    found = in_register()
    for word in wanted.words.split():
        found = found.filter(
            Q(studio__name__icontains=word)
            | Q(studio__leader_name__icontains=word)
            | Q(studio__enterprise__name__icontains=word)
        )
    if wanted.district:
        found = found.filter(district__code=wanted.district)
    if wanted.year:
        found = found.filter(named_on__year=wanted.year)
    if wanted.level:
        found = found.filter(level=wanted.level)
    return found.order_by("-named_on", "district__path", "pk")


def districts_with_studios() -> QuerySet[Organisation]:
    """Return the districts, industries and groups that the register can be narrowed to."""
    return Organisation.objects.filter(pk__in=Designation.objects.values("district")).order_by("path")


def years_of_naming() -> list[int]:
    """Return the years in which studios were named, the newest first."""
    return [day.year for day in Designation.objects.dates("named_on", "year", order="DESC")]


def counts_by_district() -> list[dict[str, Any]]:
    """Return for each district its studios by level (`gold`, `ink`, `open`) and in all (`count`), the most first."""
    counted_rows = (
        in_register()
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


def public_profile(designation: Designation) -> dict[str, Any]:
    """Return what everybody may read of the revision that led to the designation.

    Chosen by name, so that a field added to the form stays private until it is added here: no contact, no birth
    year, no member's name, no file, no word of a reviewer.
    """
    application = designation.application
    revision = Revision.objects.get(application=application, number=application.revision_number)
    document = json.loads(revision.document)
    studio, leader = section(document, "studio"), section(document, "leader")
    return {
        "founded": text(studio, "founded"),
        "leader": _pick(leader, "name", "post", "title", "skill_grade")
        | {"honours": [_pick(row, "level", "title", "year") for row in rows(leader, "honours")]},
        "team": _team(document),
        "functions": _functions(document),
        "topics": _topics(document),
        "mechanism": {
            "rules": [text(row, "title") for row in rows(section(document, "mechanism"), "rules")],
            "budget": figure(studio, "budget"),
        },
    }


def _team(document: Mapping[str, Any]) -> dict[str, Any]:
    people = members(document)
    trades = list(dict.fromkeys(text(row, "trade") for row in people if text(row, "trade")))
    return {
        "size": len(people),
        "trades": trades[:LIMIT_OF_TRADES],
        "pairs": len(rows(section(document, "team"), "pairs")),
    }


def _functions(document: Mapping[str, Any]) -> dict[str, Any]:
    functions, studio = section(document, "functions"), section(document, "studio")
    return {
        "statement": text(functions, "statement"),
        "area": figure(studio, "area"),
        "trainings": [
            {"name": text(row, "name"), "count": figure(row, "count"), "people": figure(row, "person_times")}
            for row in rows(functions, "trainings")
        ],
        "promotions": [
            {"grade": text(row, "grade"), "count": figure(row, "count")}
            for row in rows(functions, "promotions")
        ],
    }


def _topics(document: Mapping[str, Any]) -> dict[str, Any]:
    topics = section(document, "topics")
    benefits = [benefit for row in rows(topics, "conversions") if (benefit := figure(row, "benefit"))]
    return {
        "topics": [
            {**_pick(row, "title", "category", "status"), "count": figure(row, "count")}
            for row in rows(topics, "topics")
        ],
        "patents": _count(rows(topics, "patents")),
        "awards": _count(rows(topics, "awards")),
        "conversions": _count(rows(topics, "conversions")),
        "benefits": benefits,
        "benefit": total(benefits) if benefits else None,
    }


def _count(some: Iterable[Mapping[str, Any]]) -> Figure | None:
    listed = list(some)
    return counted(listed) if listed else None


def _pick(part: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: part.get(name) or "" for name in names}
