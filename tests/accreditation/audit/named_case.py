"""An application on a long way to its naming, by which rows of nearly every table come about."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core.files.base import ContentFile

from accreditation.models import (
    Application,
)
from accreditation.services import (
    appointments,
    copies,
    declarations,
    meetings,
    naming,
    notice,
    offices,
    ranking,
    recusals,
    review,
    signing,
    site_visits,
    substitutions,
)
from accreditation.services.certificate_life import reissue
from accreditation.states import State
from accreditation.uploads import recognise
from certificates.issuing import render_due
from certificates.models import Certificate
from tests import factories
from tests.factories import AT, BEFORE, NOTICE_OVER, STEP
from workflows.actors import SYSTEM
from workflows.models import (
    Copy,
)
from workflows.signing import Plan, Terms

MONTHS = timedelta(days=60)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """An application that was named after a visit and an objection, with its certificate; and what an auditor kept."""

    pk: int
    older: Path
    kept: Path

    @property
    def application(self) -> Application:
        return Application.objects.get(pk=self.pk)


def walk(application: Application, who: factories.Cast, *states: State) -> Application:
    """Walk an application to each of these states in turn."""
    for state in states:
        BEFORE[state][1](application, who, application.state_since + STEP)
        application = factories.fresh(application)
    return application


def visited(application: Application, who: factories.Cast) -> None:
    content = site_visits.Content(
        visited_on=AT.date(), people="李明、王芳", findings="场地与申报一致。",
        photos=[recognise(ContentFile(factories.PDF + b"photo", "site.pdf"))],
    )  # fmt: skip
    site_visits.add_visit(application, content, by=who.city_decider, at=application.state_since + STEP)


def appointed(application: Application, who: factories.Cast) -> Application:
    """Let a stranger recommend it for the union, whose decider keeps out: the second who is named for that."""
    at = application.state_since + STEP
    recusals.recuse(application, by=who.union_decider, at=at, reason="亲属在该厂任职。")
    for name in ("named", "instead"):
        chosen = factories.member(who.district, "review", username=name)
        appointments.appoint(application, user=chosen, by=who.district_decider, at=at, reason="熟悉行业。")
    version = factories.fresh(application).version
    review.recommend(application, by=chosen, at=at, expected_version=version, reason="同意推荐。")
    return factories.fresh(application)


def signed(application: Application, who: factories.Cast) -> Application:
    """Let the district order it, tell a colleague of it, and recommend it once two of three asked have signed."""
    at, decider = application.state_since + STEP, who.district_decider
    ranking.rank(
        application.cycle, who.district, [application.public_id], by=decider, at=at, expected_version=0
    )
    people = [factories.member(who.district, "review", username=f"signer{number}") for number in range(3)]
    copies.copy_to(application, by=decider, people=people[:2], at=at, note="供参考。")
    copies.withdraw_copy(application, Copy.objects.get(user=people[0]), by=decider, at=at)
    plan = Plan(people, placement="after", terms=Terms("all"), note="材料齐全，会签。")
    asked = signing.open_round(application, plan=plan, by=decider, at=at)
    signing.remove_signer(application, asked, by=decider, at=at, signer=people[2])
    version = factories.fresh(application).version
    review.recommend(application, by=decider, at=at, expected_version=version, reason="符合条件。")
    for one in people[:2]:
        signing.sign(application, asked, by=one, at=at + STEP, verdict="agree", opinion="属实。")
    substitutions.end_substitution(
        substitutions.substitute(
            who.district, principal=decider, substitute=people[0], starts_on=at.date(),
            ends_on=at.date() + DAY, by=decider, at=at, note="出差。",
        ),
        by=decider, at=at + STEP,
    )  # fmt: skip
    return factories.fresh(application)


def met(application: Application, who: factories.Cast) -> Application:
    """Let the city's meeting decide to list it."""
    resolution = meetings.Resolution(application, "approve", application.version, "会议审定。")
    _meeting, [outcome] = meetings.hold_meeting(
        application.cycle, [resolution], public_id=uuid.uuid4(), title="审定会", held_on=AT.date(),
        people="陈立言、周敏", by=who.city_decider, at=application.state_since + STEP,
    )  # fmt: skip
    assert outcome.event
    return factories.fresh(application)


def named() -> Application:
    """Return the application, named; its certificate is registered and drawn, and drawn anew after a correction."""
    who = factories.cast()
    application = appointed(factories.application_in(State.ENTERPRISE_REVIEW), who)
    application = signed(application, who)
    near = {factories.enterprise("99"): "曾在该厂任技术顾问。"}
    declarations.declare(application.cycle, interests=near, by=who.city_decider, at=AT)
    guest = offices.create_user(username="guest", name="来宾", password=None)
    offices.add_member(application.union, guest, by=SYSTEM, at=AT, position="干事")
    for grants in ({"review"}, set()):
        offices.set_grants(application.union, guest, grants, by=SYSTEM, at=AT)
    visited(application, who)
    application = met(walk(application, who, State.PANEL_SCORING, State.CITY_DECISION), who)
    application = walk(application, who, State.PUBLIC_NOTICE, State.OBJECTION)
    notice.dismiss_objection(
        application, by=who.city_decider, at=application.state_since + STEP,
        expected_version=application.version, reason="不成立。",
    )  # fmt: skip
    application = factories.fresh(application)
    notice.end_due_notices(application.state_since + 2 * NOTICE_OVER)
    application = walk(factories.fresh(application), who, State.NAMED)
    naming.issue_due_certificates(AT + MONTHS)
    assert render_due(AT + MONTHS) == 1
    first = Certificate.objects.get(issued_for=application.public_id)
    names = {
        "studio_name": first.studio_name,
        "enterprise_name": first.enterprise_name,
        "title": "市级工作室",
    }
    reissue(first, by=who.city_decider, at=AT + MONTHS, reason="称号有误。", corrected=names)
    assert render_due(AT + MONTHS) == 1
    return factories.fresh(application)
