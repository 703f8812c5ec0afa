"""What the applicant does: begin, submit, submit again, withdraw."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, Cycle, Organisation, Studio, User
from accreditation.permissions import APPLY, has_grant
from accreditation.states import State
from accreditation.versions import process_of
from certificates.glyphs import missing_characters
from workflows.engine import perform, record
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Problem

STUDIO_SUFFIX = "劳模创新工作室"  # untranslated: the rule for names: the leader's name, then this


def start_draft(
    *, cycle: Cycle, enterprise: Organisation, leader_name: str, by: User, at: datetime
) -> Application:
    """Begin an application of the enterprise for the studio that this leader leads.

    Raises NotPermitted without the grant to apply; NotReady for a second one in the cycle, a closed cycle, an
    enterprise outside the reviewing tree, or a name that a certificate could not show.
    """
    leader_name = leader_name.strip()
    if not has_grant(by, APPLY, enterprise):
        raise NotPermitted(_("只有申报单位的申报人可以办理。"))
    if not cycle.opens_at <= at < cycle.closes_at:
        raise NotReady([Problem(_("本批次现在不受理申报。"), field="cycle")])
    union, district, city = reviewing_bodies(enterprise)
    if cycle.city_id != city.pk:
        raise NotReady([Problem(_("这是其他城市的批次。"))])
    with transaction.atomic():
        studio = studio_in(cycle, enterprise, leader_name)
        application = Application.objects.create(
            cycle=cycle, studio=studio, enterprise=enterprise, union=union, district=district, city=city,
            state=State.DRAFT, state_since=at, created_at=at, created_by=by,
        )  # fmt: skip
        record(application, "start", by=by, at=at, office=enterprise, role=APPLY, cycle=cycle.code)
    return application


def reviewing_bodies(enterprise: Organisation) -> tuple[Organisation, Organisation, Organisation]:
    """Return the bodies that review an enterprise's applications at each level: the three above it in the tree.

    Raises NotReady where the tree above the enterprise is not union (or street), district (or industry, group), city.
    """
    above: list[Organisation] = []
    body = enterprise.parent
    while body is not None:
        above.append(body)
        body = body.parent
    if [body.level for body in above] != ["enterprise", "district", "city"]:
        raise NotReady(
            [Problem(_("%(name)s还没有归入工会组织，请与上级工会联系。") % {"name": enterprise.name})]
        )
    return above[0], above[1], above[2]


def studio_in(
    cycle: Cycle, enterprise: Organisation, leader_name: str, *, besides: Application | None = None
) -> Studio:
    """Return the enterprise's studio of this leader, if it may be applied for in the cycle (locked; made if new).

    Raises NotReady for a name that a certificate could not show, or when the studio has an application in the
    cycle already (other than `besides`). The caller is in a transaction.
    """
    _refuse_undrawable(leader_name)
    studio = Studio.objects.select_for_update().get(pk=studio_of(enterprise, leader_name).pk)
    others = studio.applications.filter(cycle=cycle).exclude(state=State.WITHDRAWN)
    if (others.exclude(pk=besides.pk) if besides else others).exists():
        raise NotReady(
            [Problem(_("%(studio)s本批次已有一份申报。") % {"studio": studio.name}, "leader", "leader_name")]
        )
    return studio


def studio_of(enterprise: Organisation, leader_name: str) -> Studio:
    """Return the enterprise's studio of this leader, made if there is none. Its name follows from the leader's."""
    studio, _made = Studio.objects.get_or_create(
        enterprise=enterprise, leader_name=leader_name, defaults={"name": leader_name + STUDIO_SUFFIX}
    )
    return studio


def submit(
    application: Application,
    *,
    by: User,
    at: datetime,
    expected_version: int,
    expected_edits: int | None = None,
) -> Event:
    """Submit a draft for the first time, or a returned application again; the form is frozen as a revision.

    `expected_edits` is the form's count of saves that the applicant looked over (None: as it is now).
    """
    action = "submit" if application.state == State.DRAFT else "resubmit"
    return perform(
        process_of(application),
        action,
        by=by,
        at=at,
        expected_version=expected_version,
        edits=expected_edits,
    )


def withdraw(
    application: Application, *, by: User, at: datetime, expected_version: int, reason: str = ""
) -> Event:
    """Take the application back, at any time before the naming decision."""
    return perform(
        process_of(application), "withdraw", by=by, at=at, expected_version=expected_version, reason=reason
    )


def _refuse_undrawable(name: str) -> None:
    problems: list[Any] = []
    if not name:
        problems.append(Problem(_("填写领军人物姓名。"), "leader", "leader_name"))
    elif missing := missing_characters(name):
        problems.append(
            Problem(
                _("证书字库没有“%(characters)s”字，无法制证，请与市总工会联系。") % {"characters": missing},
                "leader",
                "leader_name",
            )
        )
    if problems:
        raise NotReady(problems)
