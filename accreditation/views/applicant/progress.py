"""How far an application has come: the rail of levels, the days that are left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accreditation.face import dates, signs
from accreditation.models import Application
from accreditation.queries.rail import APPLY, CITY, NAMING, PLACES, RailStep
from accreditation.queries.timeline import Entry
from accreditation.states import ENDED, RETURNED, State
from workflows.models import Task
from workflows.working_days import days_left, last_day


@dataclass(frozen=True)
class DaysLeft:
    """A deadline in working days, today not counted; `late` counts those that have passed since."""

    ends: datetime
    is_over: bool
    left: int
    late: int


def deadline_at(ends: datetime, at: datetime) -> DaysLeft:
    """Return how far away a deadline is; it is exclusive, so that at its instant it is over."""
    days = days_left(ends, at)
    return DaysLeft(ends, at >= ends, max(days, 0), max(-days, 0))


def rail(
    application: Application, entries: Sequence[Entry], task: Task | None, today: date
) -> list[RailStep]:
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
            note = _note_done(number, left.get(number) or _arrival(application, entries), today)
        elif number == place:
            note = _note_now(application, entries, task, notes[number], today)
        else:
            note = notes[number]
        stages.append(RailStep(standing, name, note))
    return stages


def _names() -> list[str]:
    return [pgettext("环节", "填报"), _("基层工会"), _("区县或产业工会"), _("市级评审"), _("公示"), _("命名")]


def _place(application: Application, entries: Sequence[Entry]) -> tuple[int, str]:
    """Return the stage it stands at, and how it ended there if it did."""
    if application.state == State.NAMED:
        return NAMING, "done"
    if application.state in ENDED:
        before = next(
            (entry.from_state for entry in reversed(entries) if entry.to_state == application.state), ""
        )
        return PLACES.get(before, APPLY), "stopped"
    return PLACES[application.state], ""


def _standing(application: Application) -> str:
    return "back" if application.state in RETURNED else "now"


def _left(entries: Sequence[Entry]) -> dict[int, Entry]:
    """Return for each stage the last entry that led out of it and onwards."""
    return {
        PLACES[entry.from_state]: entry
        for entry in entries
        if entry.from_state in PLACES and PLACES.get(entry.to_state, -1) > PLACES[entry.from_state]
    }


def _arrival(application: Application, entries: Sequence[Entry]) -> Entry:
    """Return the entry that led where it stands, not what came after it, such as a certificate's file."""
    led = (one for one in reversed(entries) if one.from_state != one.to_state == application.state)
    return next(led, entries[-1])


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
    moves = [entry for entry in reversed(entries) if entry.from_state != entry.to_state]
    last = next((entry for entry in moves if entry.to_state == application.state), None)
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
    if stage != CITY:
        return _dated(entry, today)
    return _("%(date)s 通过") % {"date": dates.month_day(entry.at, today.year)}
