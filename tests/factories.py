"""What tests start from: organisations, people, a cycle and applications in any state, made by the services.

Nothing here writes a state; `application_in` walks the process as people do. Time is explicit: everything
begins at `AT`, each further step of an application is an hour later, and a notice ends two weeks later.
Everybody's password is `PASSWORD`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from accreditation import rubric as rubrics
from accreditation.models import (
    Application,
    Cycle,
    Declaration,
    Evidence,
    Organisation,
    Rubric,
    User,
)
from accreditation.services import applications, cycles, evidence, naming, notice, offices, panel, review
from accreditation.services.evidence import NewFile
from accreditation.states import State
from accreditation.uploads import recognise
from tests.laid import laid_again
from workflows.actors import SYSTEM
from workflows.working_days import SHANGHAI

AT = datetime(2026, 9, 1, 10, 0, tzinfo=SHANGHAI)
"""A Tuesday inside the cycle."""
STEP = timedelta(hours=1)
NOTICE_OVER = timedelta(days=14)
PASSWORD = "cheng-xin-2026"
EXPERTS = 3
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"


# ── Organisations and people ─────────────────────────────────────────────────────────────────────────────


def organisation(kind: str, code: str, name: str, parent: Organisation | None = None) -> Organisation:
    """Return the organisation of this code, founded if there is none."""
    return Organisation.objects.filter(code=code).first() or _found(kind, code, name, parent)


@laid_again
def _found(kind: str, code: str, name: str, parent: Organisation | None) -> Organisation:
    return offices.found_organisation(
        kind=kind, name=name, code=code, parent=parent, by=SYSTEM, at=AT - timedelta(days=90)
    )


def city() -> Organisation:
    """Return the one city."""
    return organisation("city", "CQ", "重庆市总工会")


def district(code: str = "YB", name: str = "渝北区总工会", kind: str = "district") -> Organisation:
    """Return a body of the level district: kind district, industry or group."""
    return organisation(kind, code, name, city())


def union(
    code: str = "YB-U", name: str = "金山科技工会", under: Organisation | None = None, kind: str = "union"
) -> Organisation:
    """Return a body of the level enterprise: kind union or street."""
    return organisation(kind, code, name, under or district())


def enterprise(
    code: str = "YB-E", name: str = "重庆金山科技公司", under: Organisation | None = None
) -> Organisation:
    """Return an enterprise."""
    return organisation("enterprise", code, name, under or union())


@laid_again
def member(place: Organisation, *grants: str, username: str = "", name: str = "") -> User:
    """Return the user of this name (or a new one), a member of `place` with exactly these grants."""
    username = username or f"user{User.objects.count() + 1}"
    user = User.objects.filter(username=username).first() or offices.create_user(
        username=username, name=name or f"姓名{username}", password=PASSWORD
    )
    if not user.memberships.filter(organisation=place, ended_at=None).exists():
        offices.add_member(place, user, by=SYSTEM, at=AT - timedelta(days=60))
    offices.set_grants(place, user, set(grants), by=SYSTEM, at=AT - timedelta(days=60))
    declare([user], Cycle.objects.all())
    return user


def declare(users: Iterable[User], cycles_: Iterable[Cycle]) -> None:
    """Let these people have declared for these cycles that they have no interest in any applicant."""
    Declaration.objects.bulk_create(
        [
            Declaration(user=one, cycle=of, declared_at=AT - timedelta(days=50))
            for of in cycles_
            for one in users
        ],
        ignore_conflicts=True,
    )


def expert(place: Organisation | None = None, username: str = "") -> User:
    """Return somebody who may sit on the city's panels."""
    return member(place or city(), "review", username=username)


# ── A cycle ──────────────────────────────────────────────────────────────────────────────────────────────


def rubric_row() -> Rubric:
    """Return the shipped rubric, as loaded."""
    return cycles.load_rubric(rubrics.shipped(), at=AT - timedelta(days=80))


def cycle(code: str = "2026", level: str = "city", **settings: Any) -> Cycle:
    """Return the cycle of this code: open from July to December 2026, a quorum of three."""
    return Cycle.objects.filter(code=code).first() or _opened(code, level, **settings)


@laid_again
def _opened(code: str, level: str, **settings: Any) -> Cycle:
    chosen: dict[str, Any] = {
        "title": f"{code}年度批次",
        "opens_at": datetime(2026, 7, 1, tzinfo=SHANGHAI),
        "closes_at": datetime(2027, 1, 1, tzinfo=SHANGHAI),
        "quorum": EXPERTS,
    } | settings
    opened = cycles.open_cycle(
        city=city(),
        code=code,
        level=level,
        rubric=rubric_row(),
        by=SYSTEM,
        at=AT - timedelta(days=70),
        **chosen,
    )
    declare(User.objects.all(), [opened])
    return opened


@laid_again
def quota(of: Cycle, body: Organisation, places: int = 1000) -> None:
    """Give a body of the level district its places."""
    cycles.set_quota(of, body, places, by=SYSTEM, at=AT - timedelta(days=65))


# ── Everybody who takes part ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Cast:
    """One branch of the tree with somebody in every role. `mark` stands before codes and user names."""

    mark: str
    city: Organisation
    district: Organisation
    union: Organisation
    enterprise: Organisation
    cycle: Cycle
    applicant: User
    union_reviewer: User
    union_decider: User
    district_reviewer: User
    district_decider: User
    city_decider: User
    experts: Sequence[User]


@laid_again
def cast(mark: str = "") -> Cast:
    """Return the branch `mark` and its people; made once in a test, as they then are at every further call.

    Branches share the city, its decider, its experts and the cycle. User names are those of the fields of
    Cast with the mark before them: "applicant", "other-district_decider"; experts are "expert1" to "expert3".
    """
    before = f"{mark}-" if mark else ""
    top = city()
    above = district(f"{before}YB", f"{mark}渝北区总工会")
    between = union(f"{before}YB-U", f"{mark}金山科技工会", above)
    place = enterprise(f"{before}YB-E", f"{mark}重庆金山科技公司", between)
    round_ = cycle()
    if not round_.quotas.filter(organisation=above).exists():
        quota(round_, above)

    def person(role: str, where: Organisation, *grants: str) -> User:
        return _somebody(before + role, where, *grants)

    return Cast(
        mark=mark,
        city=top,
        district=above,
        union=between,
        enterprise=place,
        cycle=round_,
        applicant=person("applicant", place, "apply"),
        union_reviewer=person("union_reviewer", between, "review"),
        union_decider=person("union_decider", between, "review", "decide"),
        district_reviewer=person("district_reviewer", above, "review"),
        district_decider=person("district_decider", above, "review", "decide"),
        city_decider=_somebody("city_decider", top, "decide"),
        experts=[_somebody(f"expert{number}", top, "review") for number in range(1, EXPERTS + 1)],
    )


def _somebody(username: str, where: Organisation, *grants: str) -> User:
    """Return who has this user name, with the grants a test has left them; or somebody new with `grants`."""
    return User.objects.filter(username=username).first() or member(where, *grants, username=username)


def user(username: str) -> User:
    """Return somebody of the cast by user name."""
    return User.objects.get(username=username)


# ── Applications ─────────────────────────────────────────────────────────────────────────────────────────

FIELDS: dict[str, Any] = {
    "nature": "private", "industry": "制造业", "staff": Decimal(2000), "staff_qualifier": "余",
    "founded": "2014-05", "address": "渝北区回兴街道1号", "area": Decimal("320"), "equipment": "数控机床",
    "investment": Decimal(60), "investment_qualifier": "余", "budget": Decimal(15),
    "budget_sources": "单位列支",
    "post": "首席技师", "leader_title": "高级工程师", "skill_grade": "高级技师", "in_service": True,
    "results": "主导完成3项攻关。", "narrative": "长期在生产一线攻关。", "not_one_crew": True,
    "statement": "攻关、带徒、交流。", "activity_ledger": "每次活动当日登记。",
    "plan": "年初计划，年末总结。",
    "contact_name": "刘洋", "contact_phone": "023-60000000",
}  # fmt: skip
"""A complete form that passes every gate of a city studio; in full marks it reaches 100 points."""
ROWS: dict[str, list[dict[str, Any]]] = {
    "namings": [{"level": "district", "title": "区级劳模创新工作室", "date": "2019-05"}],
    "honours": [{"level": "national", "title": "全国劳动模范", "year": 2015}],
    "members": [
        {"name": f"成员{number}", "trade": "钳工", "education": "大专", "birth_year": 1980 + number}
        for number in range(10)
    ],
    "pairs": [{"master": "成员0", "apprentice": "成员9", "since": 2020}],
    "trainings": [{"name": "技术讲座", "kind": "讲座", "year": 2025, "count": Decimal(12)}],
    "promotions": [{"grade": "技师", "count": Decimal(2)}],
    "topics": [
        {"title": f"降本攻关{number}", "category": "technology", "registered": "2025-03", "status": "done"}
        for number in range(3)
    ],
    "patents": [{"name": "实用新型专利", "kind": "实用新型", "count": Decimal(28)}],
    "awards": [{"title": "科技进步奖", "level": "市级", "year": 2024}],
    "conversions": [{"title": "工艺改进", "year": 2025, "benefit": Decimal(1000), "benefit_qualifier": "上"}],
    "rules": [{"title": "工作室管理办法", "issued": "2014-06"}],
}  # fmt: skip
FILES = ("honour", "site", "registration", "rules")
"""The kinds of evidence that a complete form needs."""


def draft(
    place: Organisation | None = None, leader_name: str = "王金山", at: datetime = AT, by: User | None = None
) -> Application:
    """Return an empty draft of the enterprise, by its applicant."""
    place = place or cast().enterprise
    by = by or place.grants.filter(permission__codename="apply").order_by("pk")[0].user
    return applications.start_draft(cycle=cycle(), enterprise=place, leader_name=leader_name, by=by, at=at)


@laid_again
def complete_draft(
    place: Organisation | None = None, leader_name: str = "王金山", at: datetime = AT, **changes: Any
) -> Application:
    """Return a draft that can be submitted.

    `changes` replace single fields (`area=None`), tables (`members=[…]`) or the files (`files=("site",)`).
    """
    application = draft(place, leader_name, at)
    files: Sequence[str] = changes.pop("files", FILES)
    for name, value in (FIELDS | {name: changes[name] for name in changes if name not in ROWS}).items():
        setattr(application, name, value)
    application.save(update_fields=[name for name in (*FIELDS, *changes) if name not in ROWS])
    for name, rows in ROWS.items():
        table = getattr(application, name)
        table.bulk_create(
            table.model(application=application, order=order, **row)
            for order, row in enumerate(changes.get(name, rows))
        )
    attach(application, *files)
    return application


def attach(application: Application, *kinds: str, content: bytes = b"", name: str = "") -> list[Evidence]:
    """Attach a small PDF for each of these kinds of evidence to the application, by who began it."""
    files = [
        NewFile(kind, recognise(ContentFile(content or PDF + kind.encode(), name or f"{kind}.pdf")))
        for kind in kinds
    ]
    return evidence.attach(application, files, by=application.created_by, at=application.created_at)


def full_marks(rubric: rubrics.Rubric | None = None) -> dict[str, Decimal]:
    """Return the most that a card may give, by indicator."""
    rubric = rubric or rubrics.load(rubrics.shipped())
    return {indicator.code: indicator.points for indicator in rubric.judged}


def score_by_all(application: Application, experts: Sequence[User], at: datetime) -> Application:
    """Let every one of these seated experts submit a card with full marks."""
    for one in experts:
        panel.score(
            application, by=one, at=at, expected_version=application.version, judged=full_marks(), comments={}
        )
    return fresh(application)


def fresh(application: Application) -> Application:
    """Return the application as the database has it."""
    return Application.objects.get(pk=application.pk)


# ── The way to each state ────────────────────────────────────────────────────────────────────────────────

Walk = Callable[[Application, Cast, datetime], Any]


def _submit(application: Application, who: Cast, at: datetime) -> None:
    applications.submit(application, by=who.applicant, at=at, expected_version=application.version)


def _withdraw(application: Application, who: Cast, at: datetime) -> None:
    applications.withdraw(application, by=who.applicant, at=at, expected_version=application.version)


def _decided(service: Callable[..., Any], role: str) -> Walk:
    def walk(application: Application, who: Cast, at: datetime) -> None:
        actor = getattr(who, role)
        service(application, by=actor, at=at, expected_version=application.version, reason="符合条件。")

    return walk


def _convene(application: Application, who: Cast, at: datetime) -> None:
    panel.convene(
        application, by=who.city_decider, at=at, expected_version=application.version, experts=who.experts
    )


def _conclude(application: Application, who: Cast, at: datetime) -> None:
    scored = score_by_all(application, who.experts, at)
    panel.conclude(scored, by=who.city_decider, at=at, expected_version=scored.version)


def _publish(application: Application, who: Cast, at: datetime) -> None:
    notice.publish_notice(
        cycle=who.cycle,
        applications=[application],
        title="拟命名劳模创新工作室公示",
        contact="023-63860000",
        by=who.city_decider,
        at=at,
    )


def _object(application: Application, who: Cast, at: datetime) -> None:
    notice.file_objection(application, at=at, name="赵敏", contact="13800000000", grounds="成果归属有出入。")


def _end_notice(application: Application, who: Cast, at: datetime) -> None:
    notice.end_due_notices(application.state_since + NOTICE_OVER)


def _name(application: Application, who: Cast, at: datetime) -> None:
    naming.name_studios(
        cycle=who.cycle,
        applications=[application],
        number=f"渝工发〔2026〕{application.pk}号",
        title="关于命名2026年度劳模创新工作室的决定",
        signed_on=date(at.year, at.month, at.day),
        by=who.city_decider,
        at=at,
    )


BEFORE: Mapping[State, tuple[State, Walk]] = {
    State.ENTERPRISE_REVIEW: (State.DRAFT, _submit),
    State.DISTRICT_REVIEW: (State.ENTERPRISE_REVIEW, _decided(review.recommend, "union_decider")),
    State.CITY_INTAKE: (State.DISTRICT_REVIEW, _decided(review.recommend, "district_decider")),
    State.PANEL_SCORING: (State.CITY_INTAKE, _convene),
    State.CITY_DECISION: (State.PANEL_SCORING, _conclude),
    State.LISTED: (State.CITY_DECISION, _decided(review.approve, "city_decider")),
    State.PUBLIC_NOTICE: (State.LISTED, _publish),
    State.OBJECTION: (State.PUBLIC_NOTICE, _object),
    State.NOTICE_ENDED: (State.PUBLIC_NOTICE, _end_notice),
    State.NAMED: (State.NOTICE_ENDED, _name),
    State.RETURNED_BY_ENTERPRISE: (State.ENTERPRISE_REVIEW, _decided(review.send_back, "union_reviewer")),
    State.RETURNED_BY_DISTRICT: (State.DISTRICT_REVIEW, _decided(review.send_back, "district_reviewer")),
    State.RETURNED_BY_CITY: (State.CITY_INTAKE, _decided(review.send_back, "city_decider")),
    State.REJECTED: (State.DISTRICT_REVIEW, _decided(review.reject, "district_decider")),
    State.WITHDRAWN: (State.DISTRICT_REVIEW, _withdraw),
}
"""For each state the one before it and the step between."""


@laid_again
def application_in(
    state: State | str,
    who: Cast | None = None,
    leader_name: str = "王金山",
    at: datetime = AT,
    **changes: Any,
) -> Application:
    """Return an application that was walked to `state` by `who` (the cast without a mark).

    The next thing to happen to it may happen at `application.state_since + STEP`. Several in one test need
    leaders of different names.
    """
    who = who or cast()
    way: list[Walk] = []
    while State(state) != State.DRAFT:
        state, walk = BEFORE[State(state)]
        way.insert(0, walk)
    application = complete_draft(who.enterprise, leader_name, at, **changes)
    for walk in way:
        walk(application, who, application.state_since + STEP)
        application = fresh(application)
    return application
