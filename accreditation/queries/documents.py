"""The application document: the form as canonical data, for scoring, for completeness and for revisions."""

from typing import Any

from accreditation.models import Application, Evidence
from accreditation.models.form_rows import FormRow

ROWS = {
    "honours": ("level", "title", "year", "document_number"),
    "members": ("name", "trade", "title", "education", "birth_year", "role"),
    "pairs": ("master", "apprentice", "since"),
    "trainings": ("name", "kind", "year", "count*", "person_times*"),
    "promotions": ("grade", "count*"),
    "topics": ("title", "category", "registered", "status", "result", "count*"),
    "patents": ("name", "kind", "number", "date", "count*"),
    "awards": ("title", "level", "year", "count*"),
    "conversions": ("title", "year", "count*", "benefit*"),
    "rules": ("title", "issued"),
    "namings": ("level", "title", "document_number", "date"),
}
"""The columns of each table of the form; a star marks a figure."""


def document_of(application: Application) -> dict[str, Any]:
    """Return the whole form as JSON-able data (`schema` 1; figures as {"number", "qualifier"} or None)."""
    rows = {name: _rows(application, name) for name in ROWS}
    return {
        "schema": 1,
        "cycle": application.cycle.code,
        "level": application.cycle.level,
        "enterprise": {
            "name": application.enterprise.name,
            "nature": application.nature,
            "industry": application.industry,
            "staff": _figure(application, "staff"),
            "union": application.union.name,
        },
        "studio": {
            "name": application.studio.name,
            "founded": application.founded,
            "address": application.address,
            "area": _figure(application, "area"),
            "equipment": application.equipment,
            "investment": _figure(application, "investment"),
            "budget": _figure(application, "budget"),
            "budget_sources": application.budget_sources,
        },
        "namings": rows["namings"],
        "leader": {
            "name": application.studio.leader_name,
            "post": application.post,
            "title": application.leader_title,
            "skill_grade": application.skill_grade,
            "in_service": application.in_service,
            "results": application.results,
            "honours": rows["honours"],
        },
        "team": {
            "not_one_crew": bool(application.not_one_crew),
            "members": rows["members"],
            "pairs": rows["pairs"],
        },
        "functions": {
            "statement": application.statement,
            "trainings": rows["trainings"],
            "promotions": rows["promotions"],
        },
        "topics": {name: rows[name] for name in ("topics", "patents", "awards", "conversions")},
        "mechanism": {
            "rules": rows["rules"],
            "ledger": application.activity_ledger,
            "plan": application.plan,
        },
        "narrative": application.narrative,
        "contact": {
            "name": application.contact_name,
            "phone": application.contact_phone,
            "email": application.contact_email,
        },
        "evidence": [_evidence(item) for item in current_evidence(application)],
    }


def current_evidence(application: Application) -> list[Evidence]:
    """Return the files attached now, in order of good and upload."""
    return list(application.evidence.filter(removed_at=None).select_related("stored"))


def _rows(application: Application, name: str) -> list[dict[str, Any]]:
    return [
        {field.rstrip("*"): _cell(row, field) for field in ROWS[name]}
        for row in getattr(application, name).all()
    ]


def _cell(row: FormRow, field: str) -> Any:
    return _figure(row, field[:-1]) if field.endswith("*") else getattr(row, field)


def _figure(row: Any, name: str) -> dict[str, str] | None:
    figure = row.figure(name)
    return figure.to_json() if figure else None


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "good": item.good,
        "kind": item.kind,
        "name": item.name,
        "sha256": item.stored.sha256,
        "size": item.stored.size,
        "media_type": item.stored.media_type,
    }
