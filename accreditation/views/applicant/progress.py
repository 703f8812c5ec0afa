"""How far an application has come, in words: the rail of levels, the timeline, the days that are left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.face import dates, signs
from accreditation.models import Application
from accreditation.queries.applicant import Entry
from accreditation.states import ENDED, RETURNED, State
from accreditation.templatetags.wuhao_parts import mark
from workflows.models import Task
from workflows.working_days import last_day, working_days_between

STAGE_OF: dict[str, int] = {
    State.DRAFT: 0,
    State.ENTERPRISE_REVIEW: 1,
    State.RETURNED_BY_ENTERPRISE: 1,
    State.DISTRICT_REVIEW: 2,
    State.RETURNED_BY_DISTRICT: 2,
    State.CITY_INTAKE: 3,
    State.PANEL_SCORING: 3,
    State.CITY_DECISION: 3,
    State.RETURNED_BY_CITY: 3,
    State.LISTED: 3,
    State.PUBLIC_NOTICE: 4,
    State.OBJECTION: 4,
    State.NOTICE_ENDED: 5,
    State.NAMED: 5,
}
"""Which of the six stages of the rail a state belongs to."""


@dataclass(frozen=True)
class Stage:
    """A stop of the rail."""

    standing: str
    name: str
    note: str


@dataclass(frozen=True)
class Happening:
    """A line of the timeline."""

    at: datetime
    who: str
    does: str
    said: str
    icon: str
    tone: str
    minor: bool


@dataclass(frozen=True)
class Opinion:
    """What an office decided, and why."""

    office: str
    decision: SafeString
    words: str
    who: str
    at: datetime
    revision: int | None


@dataclass(frozen=True)
class DaysLeft:
    """A deadline in working days, today not counted; `late` counts those that have passed since."""

    ends: datetime
    is_over: bool
    left: int
    late: int


def days_left(ends: datetime, at: datetime) -> DaysLeft:
    """Return how far away a deadline is; it is exclusive, so that at its instant it is over."""
    days = working_days_between(timezone.localdate(at), last_day(ends))
    return DaysLeft(ends, at >= ends, max(days, 0), max(-days, 0))


def rail(application: Application, entries: Sequence[Entry], task: Task | None, today: date) -> list[Stage]:
    """Return the six stages, each done, now, returned, stopped or ahead, with its date or who has it."""
    place, ended = _place(application, entries)
    notes = _notes_ahead(application)
    left = _left(entries)
    stages = []
    for number, name in enumerate(_names()):
        standing = (
            "done" if number < place else "ahead" if number > place else ended or _standing(application)
        )
        if standing == "done" and (number in left or number == place):
            note = _note_done(number, left.get(number) or entries[-1], today)
        elif number == place:
            note = _note_now(application, entries, task, notes[number], today)
        else:
            note = notes[number]
        stages.append(Stage(standing, name, note))
    return stages


def timeline(entries: Sequence[Entry]) -> list[Happening]:
    """Return the history as sentences, the latest first. Offices act; experts are not named."""
    happenings = []
    for entry in reversed(entries):
        sign = signs.action_sign(entry.action)
        happenings.append(
            Happening(
                at=entry.at,
                who=_who(entry),
                does=_sentences().get(entry.action, str(sign.word)) % {"revision": entry.revision or 1},
                said="" if entry.action == "file_objection" else entry.reason,
                icon=sign.icon,
                tone=sign.tone,
                minor=not sign.icon,
            )
        )
    return happenings


def opinions_in_words(entries: Sequence[Entry]) -> list[Opinion]:
    """Return the offices' opinions as the page shows them."""
    return [
        Opinion(
            office=entry.office.name if entry.office else "",
            decision=_decision(entry),
            words=entry.reason,
            who=entry.person,
            at=entry.at,
            revision=entry.revision,
        )
        for entry in entries
    ]


def _names() -> list[str]:
    return [_("填报"), _("基层工会"), _("区县或产业工会"), _("市级评审"), _("公示"), _("命名")]


def _place(application: Application, entries: Sequence[Entry]) -> tuple[int, str]:
    """Return the stage it stands at, and how it ended there if it did."""
    if application.state == State.NAMED:
        return STAGE_OF[State.NAMED], "done"
    if application.state in ENDED:
        before = next(
            (entry.from_state for entry in reversed(entries) if entry.to_state == application.state), ""
        )
        return STAGE_OF.get(before, 0), "stopped"
    return STAGE_OF[application.state], ""


def _standing(application: Application) -> str:
    return "back" if application.state in RETURNED else "now"


def _left(entries: Sequence[Entry]) -> dict[int, Entry]:
    """Return for each stage the last entry that led out of it and onwards."""
    return {
        STAGE_OF[entry.from_state]: entry
        for entry in entries
        if entry.from_state in STAGE_OF and STAGE_OF.get(entry.to_state, -1) > STAGE_OF[entry.from_state]
    }


def _notes_ahead(application: Application) -> list[str]:
    return [
        "",
        application.union.label,
        application.district.label,
        application.city.label,
        _("%(days)d个工作日") % {"days": application.cycle.notice_days},
        "",
    ]


def _note_now(
    application: Application, entries: Sequence[Entry], task: Task | None, office: str, today: date
) -> str:
    if application.state == State.DRAFT:
        return _("%(moment)s截止") % {"moment": until(application.cycle.closes_at, today)}
    last = next((entry for entry in reversed(entries) if entry.to_state == application.state), None)
    if application.state in RETURNED | ENDED:
        return _dated(last, today) if last else ""
    if application.state == State.PUBLIC_NOTICE and application.notice_ends_on:
        return _("至%(date)s24:00") % {"date": dates.month_day(application.notice_ends_on, today.year)}
    if task is None:
        return str(signs.state_sign(application.state).word)
    due = dates.month_day(last_day(task.due_at), today.year)
    return (
        _("%(office)s，%(date)s前办理") % {"office": office, "date": due}
        if office
        else _("%(date)s前办理") % {"date": due}
    )


def until(ends: datetime, today: date) -> str:
    """Say a deadline: midnight belongs to the day that ends with it."""
    local = timezone.localtime(ends)
    if (local.hour, local.minute) == (0, 0):
        return _("%(date)s%(time)s") % {"date": dates.month_day(last_day(ends), today.year), "time": "24:00"}
    return dates.moment(ends, today.year)


def _dated(entry: Entry, today: date) -> str:
    said = {"date": dates.month_day(entry.at, today.year), "action": signs.action_sign(entry.action).word}
    return _("%(date)s %(action)s") % said


def _note_done(stage: int, entry: Entry, today: date) -> str:
    """What ends the city's review is the public notice: for the applicant it has passed."""
    if stage != STAGE_OF[State.LISTED]:
        return _dated(entry, today)
    return _("%(date)s 通过") % {"date": dates.month_day(entry.at, today.year)}


def _who(entry: Entry) -> str:
    if entry.action == "file_objection":
        return _("有人")
    if entry.action == "end_notice":
        return _("系统")
    return entry.office.name if entry.office else ""


def _decision(entry: Entry) -> SafeString:
    sign = signs.action_sign(entry.action)
    return mark(sign.tone, sign.icon, sign.word)


def _sentences() -> dict[str, str]:
    return {
        "start": _("开始填报"),
        "submit": _("提交申报，成为第%(revision)d版"),
        "resubmit": _("补正后重新提交，成为第%(revision)d版，直接回到退回的一级"),
        "recommend": _("审核通过，推荐到上一级"),
        "send_back": _("退回补正"),
        "reject": _("作出不予推荐的决定"),
        "withdraw": _("撤回申报"),
        "convene": _("组成专家组评分"),
        "conclude": _("结束专家评分"),
        "approve": _("审定，列入拟公示名单"),
        "publish": _("公示拟命名名单"),
        "file_objection": _("对这一件提出异议，公示暂停"),
        "dismiss_objection": _("裁定异议不成立，公示继续"),
        "uphold_objection": _("裁定异议成立，重新审定"),
        "end_notice": _("公示期满，没有未处理的异议"),
        "name_studio": _("决定命名"),
    }
