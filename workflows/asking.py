"""Ask others without giving the work away: for their advice (委派), or to get on with it (催办). Each is an event."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflows.actors import Actor, hands_of
from workflows.engine import record
from workflows.held import May, awaited_tasks, locked_work, record_about, refuse_unless_held
from workflows.models import Task
from workflows.process import Process
from workflows.refusals import NotReady, Problem, WrongState
from workflows.working_days import SHANGHAI
from workflows.works import open_tasks

ADVISED, WITHDRAWN = "advised", "withdrawn"


@transaction.atomic
def delegate(
    process: Process,
    *,
    by: Actor,
    to: Any,
    at: datetime,
    role: str,
    may: May,
    able: May,
    question: str,
) -> Task:
    """委派: the holder asks one person for advice; the work stays theirs, and waits for it.

    Raises NotPermitted, WrongState while the work waits or may not, NotReady when `to` cannot advise.
    """
    work = locked_work(process, by, may)
    refuse_unless_held(work, by)
    if work.hold:
        raise WrongState(_("这一件正在等待意见或者会签，结束后才能委派。"))
    if problems := _against(process.subject, by, to, able, question):
        raise NotReady(problems)
    advice = Task.objects.create(
        kind=Task.Kind.ADVICE,
        part_of=work,
        content_type=work.content_type,
        object_id=work.object_id,
        stage=work.stage,
        office=work.office,
        assignee=to,
        handed_by=work.assignee,
        opened_at=at,
        due_at=work.due_at,
        note=question,
    )
    _hold(work, Task.Hold.ADVICE)
    record_about(process, "delegate", work, to, by=by, at=at, role=role, reason=question)
    return advice


@transaction.atomic
def advise(process: Process, *, by: Actor, at: datetime, role: str, may: May, opinion: str) -> Task:
    """Give the advice that was asked for; the work comes back to its holder.

    Raises NotPermitted, WrongState when it is not asked for (any more), NotReady without an opinion.
    """
    work = locked_work(process, by, may)
    advice = _open_advice(work).filter(assignee_id__in=hands_of(by)).first()
    if advice is None:
        raise WrongState(_("没有等待您意见的委派，可能已经收回。"))
    if not opinion.strip():
        raise NotReady([Problem(_("写明意见。"), field="opinion")])
    advice.opinion = opinion
    _close(advice, ADVISED, by, at)
    _hold(work, Task.Hold.NONE)
    asker = work.assignee or advice.handed_by
    seen = process.seen(by)
    record_about(process, "advise", work, asker, by=by, at=at, role=role, reason=opinion, **seen)
    return advice


@transaction.atomic
def withdraw_delegation(process: Process, *, by: Actor, at: datetime, role: str, may: May) -> Task:
    """Withdraw the request for advice: the holder may decide again. Raises NotPermitted, WrongState."""
    work = locked_work(process, by, may)
    refuse_unless_held(work, by)
    advice = _open_advice(work).first()
    if advice is None:
        raise WrongState(_("没有等待意见的委派，意见可能已经回来。"))
    _close(advice, WITHDRAWN, by, at)
    _hold(work, Task.Hold.NONE)
    record_about(process, "withdraw_delegation", work, advice.assignee, by=by, at=at, role=role)
    return advice


@transaction.atomic
def remind(process: Process, *, by: Actor, at: datetime, office: Any, role: str, may: May) -> int:
    """催办: remind those whom the subject waits for, each task at most once a day by the Chinese calendar.

    `office` is the one for which the actor reminds. Return how many tasks. Raises NotPermitted, WrongState.
    """
    work = locked_work(process, by, may)
    awaited = awaited_tasks(process.subject).exclude(assignee_id__in=hands_of(by))
    if not awaited.exists():
        raise WrongState(_("这一件由您自己持有，不用催办。"))
    today = at.astimezone(SHANGHAI).date()
    reminded = awaited.exclude(reminded_on=today).update(reminded_on=today)
    if not reminded:
        raise WrongState(_("今日已催办，明日可以再催。"))
    record(
        process.subject,
        "remind",
        by=by,
        at=at,
        office=office,
        role=role,
        names={"to": work.office.name},
        reminded=work.office.code,
    )
    return reminded


def _against(subject: Any, by: Actor, to: Any, able: May, question: str) -> list[Problem]:
    problems = []
    if to.pk in hands_of(by):
        problems.append(Problem(_("不能委派给自己。"), field="to"))
    elif not (verdict := able(subject, to)):
        problems.append(Problem(verdict.reason, field="to"))
    if not question.strip():
        problems.append(Problem(_("写明要问的事。"), field="note"))
    return problems


def _open_advice(work: Task) -> Any:
    return (
        open_tasks(work.subject)
        .filter(part_of=work, kind=Task.Kind.ADVICE)
        .select_related("assignee", "handed_by")
    )


def _hold(work: Task, hold: Task.Hold) -> None:
    work.hold = hold
    work.save(update_fields=["hold"])


def _close(task: Task, outcome: str, by: Actor, at: datetime) -> None:
    task.closed_at, task.closed_by_id, task.outcome = at, by.pk, outcome
    task.save(update_fields=["closed_at", "closed_by", "outcome", "opinion"])
