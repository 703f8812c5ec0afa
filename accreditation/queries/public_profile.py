"""What a public page may show of an application is chosen here, by name.

A field added to the form stays private until it is added here: no contact, no birth year, no member's name, no file, no
word of a reviewer.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from accreditation.facts import counted, figure, members, rows, section, text
from accreditation.figures import Figure, total
from accreditation.models import Designation, Revision

LIMIT_OF_TRADES = 8


def public_profile(designation: Designation) -> dict[str, Any]:
    """Return what everybody may read of the revision that led to the designation."""
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
        "topics": [
            {**_pick(row, "title", "category", "status"), "count": figure(row, "count")}
            for row in rows(section(document, "topics"), "topics")
        ],
        "mechanism": {
            "rules": [text(row, "title") for row in rows(section(document, "mechanism"), "rules")],
            "budget": figure(studio, "budget"),
        },
        "results": _results(document),
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


def _results(document: Mapping[str, Any]) -> dict[str, Figure | None]:
    """The results in figures; None where none are reported."""
    topics, functions = section(document, "topics"), section(document, "functions")
    return {
        "topics": _count(rows(topics, "topics")),
        "patents": _count(rows(topics, "patents")),
        "awards": _count(rows(topics, "awards")),
        "conversions": _count(rows(topics, "conversions")),
        "benefit": _sum(rows(topics, "conversions"), "benefit"),
        "people": _sum(rows(functions, "trainings"), "person_times"),
        "promoted": _sum(rows(functions, "promotions"), "count"),
    }


def _count(some: Iterable[Mapping[str, Any]]) -> Figure | None:
    listed = list(some)
    return counted(listed) if listed else None


def _sum(some: Iterable[Mapping[str, Any]], name: str) -> Figure | None:
    given = [known for row in some if (known := figure(row, name))]
    return total(given) if given else None


def _pick(part: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: part.get(name) or "" for name in names}
