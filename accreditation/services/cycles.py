"""The city's preparations for a cycle. Each change is an event in the cycle's stream."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation import rubric
from accreditation.models import Cycle, Organisation, Quota, Rubric, User
from accreditation.permissions import DECIDE, REVIEW, has_grant
from accreditation.process import FIRST_VERSION
from workflows.actors import SYSTEM, Actor
from workflows.engine import record
from workflows.journals import note_down
from workflows.ledger.chain import canonical
from workflows.refusals import NotPermitted, NotReady, Problem

SETTINGS = ("title", "opens_at", "closes_at", "quorum", "review_days", "notice_days")
"""What may be changed here once the cycle is there; the level may not, its versions have an act of their own."""


@transaction.atomic
def load_rubric(document: dict[str, Any], *, at: datetime) -> Rubric:
    """Keep a rubric version, as whoever has the server. The same document again is the same row.

    Raises InvalidRubric, NotReady.
    """
    parsed = rubric.load(document)
    known = Rubric.objects.filter(version=parsed.version).first()
    if known is None:
        note_down(
            "settings",
            "rubric",
            "load_rubric",
            by=SYSTEM,
            at=at,
            version=parsed.version,
            sha256=parsed.sha256,
        )
        return Rubric.objects.create(
            version=parsed.version, document=canonical(document), sha256=parsed.sha256, loaded_at=at
        )
    if known.sha256 != parsed.sha256:
        raise NotReady(
            [
                Problem(
                    _("评审标准%(version)s已经载入，内容不同；改动须用新的版本号。")
                    % {"version": parsed.version}
                )
            ]
        )
    return known


def open_cycle(
    *, city: Organisation, code: str, level: str, rubric: Rubric, by: Actor, at: datetime, **settings: Any
) -> Cycle:
    """Prepare a cycle; `settings` are those of SETTINGS. Raises NotPermitted, NotReady."""
    _refuse_stranger(city, by)
    if Cycle.objects.filter(code=code).exists():
        raise NotReady([Problem(_("代码%(code)s已经用过，填写新的代码。") % {"code": code}, field="code")])
    _refuse_impossible(settings)
    with transaction.atomic():
        cycle = Cycle.objects.create(
            city=city, code=code, level=level, rubric=rubric, process_version=FIRST_VERSION, **settings
        )
        record(
            cycle, "open_cycle", by=by, at=at, office=city, role=DECIDE,
            code=code, level=level, rubric=rubric.sha256, process=FIRST_VERSION,
            **_recorded({name: getattr(cycle, name) for name in SETTINGS}),
        )  # fmt: skip
    return cycle


def change_cycle(cycle: Cycle, *, by: Actor, at: datetime, **settings: Any) -> Cycle:
    """Change a cycle's dates and numbers. Raises NotPermitted, NotReady."""
    _refuse_stranger(cycle.city, by)
    _refuse_impossible(settings)
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        changed = {name: value for name, value in settings.items() if getattr(locked, name) != value}
        if not changed:
            return locked
        for name, value in changed.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(changed))
        record(locked, "change_cycle", by=by, at=at, office=locked.city, role=DECIDE, **_recorded(changed))
    return locked


def set_quota(cycle: Cycle, organisation: Organisation, places: int, *, by: Actor, at: datetime) -> Quota:
    """Give a district, industry or group union its places. Raises NotPermitted; NotReady below what is used."""
    _refuse_stranger(cycle.city, by)
    if organisation.level != "district" or organisation.parent_id != cycle.city_id:
        raise NotReady([Problem(_("名额只分配给区县、产业和集团工会。"))])
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        quota = locked.quotas.select_for_update().filter(organisation=organisation).first()
        if quota and quota.used > places:
            raise NotReady(
                [
                    Problem(
                        _("%(office)s已推荐%(used)d，名额不能少于此数。")
                        % {"office": organisation.name, "used": quota.used},
                        field=f"places-{organisation.code}",
                    )
                ]
            )
        if quota and quota.places == places:
            return quota
        quota, _made = Quota.objects.update_or_create(
            cycle=locked, organisation=organisation, defaults={"places": places}
        )
        record(
            locked,
            "set_quota",
            by=by,
            at=at,
            office=locked.city,
            role=DECIDE,
            organisation=organisation.code,
            places=places,
        )
    return quota


def set_experts(cycle: Cycle, experts: Sequence[User], *, by: Actor, at: datetime) -> None:
    """Choose the cycle's panel, which is proposed whenever an application gets its experts."""
    _refuse_stranger(cycle.city, by)
    strangers = [expert.name for expert in experts if not has_grant(expert, REVIEW, cycle.city)]
    if strangers:
        raise NotReady(
            [
                Problem(
                    _("%(names)s没有市总工会的审核权限。") % {"names": "、".join(strangers)}, field="experts"
                )
            ]
        )
    with transaction.atomic():
        locked = Cycle.objects.select_for_update().get(pk=cycle.pk)
        locked.experts.set(experts)
        record(
            locked, "set_experts", by=by, at=at, office=locked.city, role=DECIDE,
            experts=sorted(str(expert.public_id) for expert in experts),
        )  # fmt: skip


def _refuse_stranger(city: Organisation, by: Actor) -> None:
    if by is not SYSTEM and not has_grant(by, DECIDE, city):
        raise NotPermitted(_("您没有办理这一环节的权限。"))


def _refuse_impossible(settings: dict[str, Any]) -> None:
    problems = []
    if settings["closes_at"] <= settings["opens_at"]:
        problems.append(Problem(_("截止时间应晚于开始时间。"), field="closes_at"))
    if settings.get("quorum", 1) < 1:
        problems.append(Problem(_("法定评分卡数至少为1。"), field="quorum"))
    if problems:
        raise NotReady(problems)


def _recorded(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in settings.items()
    }
