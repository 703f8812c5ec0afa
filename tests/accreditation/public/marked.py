"""A sample in which everything private can be recognised: each value stands nowhere else."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from accreditation.models import Application
from accreditation.services import applications, naming, notice, panel, review, tasks
from accreditation.services.meetings import Resolution, hold_meeting
from accreditation.services.recusals import recuse
from accreditation.services.site_visits import Content, add_visit
from accreditation.states import State
from accreditation.uploads import recognise_photo
from certificates.issuing import render_due
from tests.browser.acts import picture
from tests.factories import AT, NOTICE_OVER, STEP, Cast, application_in, cast, fresh, full_marks, member
from workflows.ledger.checkpoints import keep_log

FIELDS = {
    "staff": Decimal(48317),
    "address": "保密地址",
    "equipment": "保密设备",
    "investment": Decimal("731.29"),
    "budget_sources": "保密经费来源",
    "results": "保密成果",
    "narrative": "保密事迹",
    "activity_ledger": "保密台账",
    "plan": "保密计划",
    "contact_name": "保密联系人",
    "contact_phone": "13987654321",
    "contact_email": "secret@example.com",
}
"""Single fields of the form that stay private, each with a value that stands nowhere else."""
ROWS = {
    "namings": [
        {"level": "district", "title": "保密原称号", "document_number": "保密原文号", "date": "2019-05"}
    ],
    "honours": [
        {"level": "national", "title": "全国劳动模范", "year": 2015, "document_number": "保密荣誉文号"}
    ],
    "members": [
        {
            "name": f"保密成员{number}",
            "trade": "钳工",
            "title": "保密职称",
            "education": "保密学历",
            "birth_year": 1961,
            "role": "保密分工",
        }
        for number in range(10)
    ],
    "pairs": [{"master": "保密师傅", "apprentice": "保密徒弟", "since": 2020}],
    "patents": [{"name": "保密专利", "number": "ZL2019保密", "count": Decimal(28)}],
    "awards": [{"title": "保密奖项", "level": "市级", "year": 2024}],
    "conversions": [{"title": "保密转化", "year": 2025, "benefit": Decimal(1000), "benefit_qualifier": "上"}],
}
"""The same for the tables of the form."""
NOTES = {
    "recommended": "保密推荐理由",
    "returned": "保密退回理由",
    "asked": "保密委派问题",
    "advised": "保密委派意见",
    "recused": "保密回避理由",
    "commented": "保密评分意见",
    "visited": "保密考察记录",
    "visitors": "保密考察人员",
    "photo": "保密照片.png",
    "approved": "保密审定理由",
    "meeting": "保密会议",
    "objector": "保密异议人",
    "objector_contact": "13912345678",
    "grounds": "保密异议内容",
}
"""What people wrote on the way, and who objected."""
EARLY = AT - timedelta(days=30)


@dataclass(frozen=True)
class Sample:
    """One studio that was named, one that is announced, one to which somebody objected."""

    named: Application
    announced: Application
    objected: Application


def marked() -> Sample:
    """Write everything that can be written; name one studio, announce one, object to one."""
    who = cast()
    first = _examined(application_in(State.ENTERPRISE_REVIEW, who, "米钰林", EARLY, **FIELDS, **ROWS), who)
    ended = _announced(_judged(first, who), who)
    at = ended.state_since + STEP
    naming.name_studios(
        cycle=who.cycle, applications=[ended], number="渝工发〔2026〕18号", title="关于命名的决定",
        signed_on=timezone.localdate(at), by=who.city_decider, at=at,
    )  # fmt: skip
    naming.issue_due_certificates(at)
    announced, objected = (
        application_in(State.PUBLIC_NOTICE, who, leader, **FIELDS, **ROWS) for leader in ("张毅", "周亚平")
    )
    now = objected.state_since + STEP
    said = {"name": "objector", "contact": "objector_contact", "grounds": "grounds"}
    notice.file_objection(objected, at=now, **{field: NOTES[key] for field, key in said.items()})
    keep_log(now)
    render_due(now)
    return Sample(fresh(ended), announced, fresh(objected))


def _examined(application: Application, who: Cast) -> Application:
    """Sent back once, recommended twice, with advice and a recusal on the way."""
    at = application.state_since
    deciders = {"returned": who.union_decider, "recommended": who.union_decider}
    for act, by in deciders.items():
        decide = review.send_back if act == "returned" else review.recommend
        decide(application, by=by, at=at, expected_version=application.version, reason=NOTES[act])
        application = fresh(application)
        if act == "returned":
            applications.submit(application, by=who.applicant, at=at, expected_version=application.version)
            application = fresh(application)
    recuse(application, by=member(who.district, "review"), at=at, reason=NOTES["recused"])
    tasks.claim(application, by=who.district_decider, at=at)
    tasks.delegate(
        application, by=who.district_decider, to=who.district_reviewer, at=at, question=NOTES["asked"]
    )
    tasks.advise(application, by=who.district_reviewer, at=at, opinion=NOTES["advised"])
    application = fresh(application)
    review.recommend(
        application,
        by=who.district_decider,
        at=at,
        expected_version=application.version,
        reason=NOTES["recommended"],
    )
    return fresh(application)


def _judged(application: Application, who: Cast) -> Application:
    """Visited, scored with comments, and decided in a meeting."""
    at = application.state_since
    panel.convene(
        application, by=who.city_decider, at=at, expected_version=application.version, experts=who.experts
    )
    photo = recognise_photo(ContentFile(picture(), NOTES["photo"]))
    found = Content(timezone.localdate(at), NOTES["visitors"], NOTES["visited"], [photo])
    add_visit(application, found, by=who.city_decider, at=at)
    judged = full_marks()
    comments = dict.fromkeys(judged, NOTES["commented"])
    for expert, less in zip(who.experts, (Decimal("0.5"), 0, 0), strict=True):
        indicator = min(judged)
        panel.score(
            application,
            by=expert,
            at=at,
            expected_version=fresh(application).version,
            judged=judged | {indicator: judged[indicator] - less},
            comments=comments,
        )
    application = fresh(application)
    panel.conclude(application, by=who.city_decider, at=at, expected_version=application.version)
    application = fresh(application)
    hold_meeting(
        who.cycle,
        [Resolution(application, "approve", application.version, NOTES["approved"])],
        public_id=uuid4(), title=NOTES["meeting"], held_on=timezone.localdate(at), people=NOTES["visitors"],
        by=who.city_decider, at=at,
    )  # fmt: skip
    return fresh(application)


def _announced(application: Application, who: Cast) -> Application:
    """Announced until its notice is over."""
    notice.publish_notice(
        cycle=who.cycle, applications=[application], title="拟命名劳模创新工作室公示", contact="023-63860000",
        by=who.city_decider, at=application.state_since,
    )  # fmt: skip
    notice.end_due_notices(application.state_since + NOTICE_OVER)
    return fresh(application)
