"""Save a step of the form. Nothing is missing here: a half-filled step may be saved, a submitted form may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.form_fields import TABLES
from accreditation.models import Application, Studio, User
from accreditation.services.applications import studio_in
from accreditation.services.evidence import NewFile, attach_to, editable, remove_from, save_edit
from workflows.refusals import Stale

FIELDS: dict[str, tuple[str, ...]] = {
    "enterprise": ("nature", "industry", "staff", "staff_qualifier"),
    "studio": (
        "founded", "address", "area", "area_qualifier", "equipment", "investment", "investment_qualifier",
        "budget", "budget_qualifier", "budget_sources",
    ),
    "leader": ("post", "leader_title", "skill_grade", "in_service", "results", "narrative"),
    "team": ("not_one_crew",),
    "functions": ("statement",),
    "topics": (),
    "mechanism": ("activity_ledger", "plan"),
    "contact": ("contact_name", "contact_phone", "contact_email"),
}  # fmt: skip
"""The columns of the application that each step holds."""


@dataclass(frozen=True)
class Content:
    """What a step holds: its columns, and for each of its tables all rows in their order.

    `leader_name` is the leader's name, given with the step "leader" (None: as it is).
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    leader_name: str | None = None


def save_step(
    application: Application,
    step: str,
    content: Content | None,
    *,
    by: User,
    at: datetime,
    expected_edits: int,
    files: Sequence[NewFile] = (),
    removed: Sequence[UUID] = (),
) -> Application:
    """Write what was entered in a step, attach `files` and take `removed` off, all of it or nothing.

    Without `content` only the files change, which overwrites nobody's words: `edits` is then neither compared
    nor counted. Returns the saved application. Raises NotPermitted; WrongState when the form is not with the
    applicant; Stale when somebody saved since the page was made (`by` and `at` tell who and when); NotReady for
    a leader's name that cannot stand; ValueError for columns or tables that the step does not hold.
    """
    with transaction.atomic():
        locked = editable(application, by)
        changed: list[str] = []
        if content is not None:
            _refuse_stale(locked, expected_edits)
            _refuse_strange(step, content)
            changed = _write(locked, content)
        remove_from(locked, removed, at=at)
        attach_to(locked, files, by=by, at=at)
        save_edit(locked, by, at, *changed)
    return locked


def _refuse_stale(locked: Application, expected_edits: int) -> None:
    if locked.edits != expected_edits:
        raise Stale(_("这份申报已经保存过。"), action="edit", by=locked.edited_by, at=locked.edited_at)


def _refuse_strange(step: str, content: Content) -> None:
    strange = (set(content.fields) - set(FIELDS[step])) | (set(content.tables) - set(TABLES[step]))
    if strange or (content.leader_name is not None and step != "leader"):
        raise ValueError(f"step {step} does not hold {sorted(strange) or 'leader_name'}")


def _write(locked: Application, content: Content) -> list[str]:
    """Write the rows, set the columns, and return the names of the columns that are to be saved."""
    changed = ["edits", *content.fields]
    if content.leader_name is not None and content.leader_name != locked.studio.leader_name:
        _move(locked, content.leader_name)
        changed.append("studio")
    for name, value in content.fields.items():
        setattr(locked, name, value)
    for name, rows in content.tables.items():
        table = getattr(locked, name)
        table.all().delete()
        table.bulk_create(
            table.model(application=locked, order=order, **row) for order, row in enumerate(rows)
        )
    locked.edits += 1
    return changed


def _move(locked: Application, leader_name: str) -> None:
    """The studio is its leader's: another name is another studio. One that nobody applied for is forgotten."""
    before = locked.studio
    locked.studio = studio_in(locked.cycle, locked.enterprise, leader_name, besides=locked)
    locked.save(update_fields=["studio"])
    Studio.objects.filter(pk=before.pk, applications=None, designations=None).delete()
