"""How the city's certificates look and what stands on them: chosen as layouts, drawn by designs of one's own.

Neither is ever altered: what is changed is a new version, and a certificate keeps the one it was registered with.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import rfc8785
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accreditation.models import Organisation, User
from accreditation.permissions import DECIDE, MANAGE, grants_on
from certificates.choices import wrong_choices
from certificates.configuration import (
    Configuration,
    as_document,
    configuration,
    configuration_of,
    layout_in_force,
)
from certificates.designs import Source
from certificates.models import Design, Layout
from certificates.trial import problems_of_design, problems_of_layout
from workflows.engine import record
from workflows.ledger.chain import digest
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Problem, Stale

CONFIGURE, SAVE = "configure_certificates", "save_design"


def configure_certificates(
    city: Organisation, chosen: Configuration, *, expected_version: int, by: User, at: datetime
) -> Layout | None:
    """Let certificates registered from now on look so; None where nothing is changed.

    They are drawn once before anything is written: what fails here would fail when issued. `expected_version` is that
    of the layout that was seen, 0 for none. Raises NotPermitted, NotReady, Stale.
    """
    _permit(city, by)
    problems = [Problem(wrong.message, field=wrong.field) for wrong in wrong_choices(chosen)]
    if problems := problems or [Problem(message) for message in problems_of_layout(chosen)]:
        raise NotReady(problems)
    with transaction.atomic():
        locked = _locked(city, by)
        newest = layout_in_force()
        if expected_version != (newest.version if newest else 0):
            raise Stale(_("证书设置刚刚有人改过。"))
        changes = _changes(configuration_of(newest), chosen)
        if not changes:
            return None
        document = as_document(chosen)
        layout = Layout.objects.create(version=expected_version + 1, document=document, chosen_at=at)
        _record(
            locked, CONFIGURE, by, at, layout=layout.version, sha256=layout_digest(document), changes=changes
        )
    return layout


def save_design(
    city: Organisation,
    source: Source,
    *,
    name: str,
    purpose: Design.Purpose,
    based_on: str,
    by: User,
    at: datetime,
) -> Design:
    """Keep a design as the next version of its name. It is drawn first, in both languages, with short and long names.

    Raises NotPermitted; NotReady with the reason why it cannot be used.
    """
    _permit(city, by)
    if problems := problems_of_design(source, purpose, configuration()):
        raise NotReady([Problem(message) for message in problems])
    with transaction.atomic():
        locked = _locked(city, by)
        earlier = Design.objects.filter(purpose=purpose, name=name).aggregate(newest=Max("version"))
        design = Design.objects.create(
            name=name,
            version=(earlier["newest"] or 0) + 1,
            purpose=purpose,
            based_on=based_on,
            saved_at=at,
            **asdict(source),
        )
        said = {"design": str(design.public_id), "name": name, "version": design.version, "purpose": purpose}
        _record(locked, SAVE, by, at, **said, based_on=based_on, sha256=design_digest(design))
    return design


def layout_digest(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a layout's document as RFC 8785 writes it."""
    return digest(rfc8785.dumps(document).decode())


def design_digest(design: Design) -> str:
    """Return the SHA-256 of a design: its template, a zero, its sheet."""
    return digest(f"{design.template}\0{design.sheet}")


def may_configure(user: User, city: Organisation) -> bool:
    """Return whether somebody may choose how the city's certificates look: who manages or decides there."""
    return city.kind == Organisation.Kind.CITY and grants_on(user.pk, [MANAGE, DECIDE], city.pk).exists()


def _changes(before: Configuration, after: Configuration) -> dict[str, Any]:
    old, new = as_document(before), as_document(after)
    return {name: {"from": old[name], "to": new[name]} for name in new if old[name] != new[name]}


def _permit(city: Organisation, by: User) -> None:
    if not may_configure(by, city):
        raise NotPermitted(_("只有市总工会的管理人和审定人可以办理。"))


def _locked(city: Organisation, by: User) -> Organisation:
    locked = Organisation.objects.select_for_update(of=("self",)).get(pk=city.pk)
    _permit(locked, by)
    return locked


def _record(city: Organisation, action: str, by: User, at: datetime, **facts: Any) -> Event:
    role = MANAGE if grants_on(by.pk, [MANAGE], city.pk).exists() else DECIDE
    return record(city, action, by=by, at=at, office=city, role=role, **facts)
