"""Act in another's place, keep out of something, be named for it. Each is an event.

The callers have asked whether they may, are in a transaction and hold the lock of the row whose stream is
written: the office's for a substitution, the subject's for all else.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from workflows.actors import SYSTEM, Actor, actor_code
from workflows.engine import record
from workflows.models import Appointment, Recusal, Signature, SigningRound, Substitution, Task
from workflows.process import Process
from workflows.refusals import NotReady, Problem, WrongState
from workflows.signing.evaluation import misfits
from workflows.signing.rounds import RUNNING, changed, close, terms_of
from workflows.signing.rules import Rules
from workflows.works import open_tasks, open_work

RECUSED, APPOINTED = "recused", "appointed"
"""Outcomes of tasks: somebody let go of it because they keep out; somebody was named for the work."""


def substitute(
    office: Any,
    *,
    principal: Any,
    substitute: Any,
    starts_at: datetime,
    ends_at: datetime,
    by: Actor,
    at: datetime,
    role: str,
    note: str = "",
) -> Substitution:
    """代理: let `substitute` act for `principal` in the office, from `starts_at` until before `ends_at`.

    Raises NotReady when the period overlaps another one of the principal's, or one in which the substitute is
    away: nobody acts for who acts for another.
    """
    running = Substitution.objects.filter(
        office=office, ended_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if running.filter(principal=principal).exists():
        raise NotReady([Problem(_("这段时间已经设有代理，先结束原来的。"), field="starts_on")])
    if running.filter(principal=substitute).exists():
        away = _("%(name)s这段时间也由别人代理，换一个人。") % {"name": substitute.name}
        raise NotReady([Problem(away, field="substitute")])
    made = Substitution.objects.create(
        office=office,
        principal=principal,
        substitute=substitute,
        starts_at=starts_at,
        ends_at=ends_at,
        note=note,
        made_by=by,
        made_at=at,
    )
    _told(made, office, "substitute", by=by, at=at, role=role, reason=note)
    return made


def end_substitution(substitution: Substitution, office: Any, *, by: Actor, at: datetime, role: str) -> None:
    """End a substitution before its time. Raises WrongState when it is over."""
    if substitution.ended_at is not None or substitution.ends_at <= at:
        raise WrongState(_("这次代理已经结束。"))
    substitution.ended_at = at
    substitution.save(update_fields=["ended_at"])
    _told(substitution, office, "end_substitution", by=by, at=at, role=role)


def _told(
    made: Substitution, office: Any, action: str, *, by: Actor, at: datetime, role: str, reason: str = ""
) -> None:
    record(
        office,
        action,
        by=by,
        at=at,
        office=office,
        role=role,
        reason=reason,
        substitution=str(made.public_id),
        member=str(made.principal.public_id),
        substitute=str(made.substitute.public_id),
        starts_at=made.starts_at.isoformat(),
        ends_at=made.ends_at.isoformat(),
    )


def keep_out(
    process: Process,
    rules: Rules,
    *,
    by: Any,
    office: Any,
    at: datetime,
    role: str,
    reason: str,
    alone: Collection[str] = (),
) -> Recusal:
    """回避: who acts keeps out of the subject from now on, and lets go of all of it.

    Raises WrongState when they do so already. For `rules` and `alone` see `let_go`.
    """
    subject = process.subject
    kind = ContentType.objects.get_for_model(subject)
    if Recusal.objects.filter(content_type=kind, object_id=subject.pk, user=by).exists():
        raise WrongState(_("您已对这一件回避。"))
    kept_out = Recusal.objects.create(content_type=kind, object_id=subject.pk, user=by, office=office, at=at)
    record(subject, "recuse", by=by, at=at, office=office, role=role, reason=reason)
    let_go(process, rules, by=by, at=at, alone=alone)
    return kept_out


def let_go(process: Process, rules: Rules, *, by: Any, at: datetime, alone: Collection[str] = ()) -> int:
    """Take everything about the subject out of somebody's hands; return how many tasks and places that were.

    Their work goes back to the office; of the stages in `alone`, where each works alone, it is closed. Advice
    that was asked of them is no longer waited for, and they leave the rounds in which they have not signed yet
    (`rules` are those of the signing).
    """
    tasks = open_tasks(process.subject)
    works = tasks.filter(kind=Task.Kind.WORK, assignee=by)
    closed = works.filter(stage__in=alone).update(closed_at=at, closed_by=by, outcome=RECUSED)
    released = works.exclude(stage__in=alone).update(assignee=None, handed_by=None, note="")
    advice = tasks.filter(kind=Task.Kind.ADVICE, assignee=by)
    Task.objects.filter(parts__in=advice, hold=Task.Hold.ADVICE).update(hold=Task.Hold.NONE)
    closed += advice.update(closed_at=at, closed_by=by, outcome=RECUSED)
    return closed + released + _leave_rounds(process, rules, tasks, by, at)


def _leave_rounds(process: Process, rules: Rules, tasks: QuerySet[Task], by: Any, at: datetime) -> int:
    running = Signature.objects.filter(
        signer=by, verdict="", removed_at=None, round__state__in=RUNNING, round__task__in=tasks
    )
    left = list(running.select_related("round__task__office"))
    for place in left:
        place.removed_at = at
        place.save(update_fields=["removed_at"])
        close(place, RECUSED, at=at, by=by)
        signing = place.round
        count = signing.signatures.filter(removed_at=None).count()
        over = not count or bool(misfits(terms_of(signing), count))
        changed(
            process,
            signing,
            "remove_signer",
            rules,
            by=by,
            at=at,
            names={"signer": by.name},
            signer=str(by.public_id),
            result=SigningRound.State.CANCELLED if over else "",
        )
    return len(left)


def ask_above(process: Process, *, above: Any, at: datetime, due_at: datetime) -> Task | None:
    """Ask the office above to name somebody for the subject's open work, because nobody is left to do it.

    Nothing happens where that is asked already, or no work is open. The caller holds the subject's lock.
    """
    work = open_work(process.subject)
    if work is None or work.parts.filter(kind=Task.Kind.NAMING, closed_at=None).exists():
        return None
    asked = Task.objects.create(
        kind=Task.Kind.NAMING,
        part_of=work,
        content_type_id=work.content_type_id,
        object_id=work.object_id,
        stage=work.stage,
        office=above,
        opened_at=at,
        due_at=due_at,
    )
    record(
        process.subject,
        "ask_above",
        by=SYSTEM,
        at=at,
        office=work.office,
        names={"above": above.name},
        above=above.code,
    )
    return asked


def appoint(
    process: Process, *, user: Any, by: Actor, above: Any, at: datetime, role: str, reason: str = ""
) -> Appointment:
    """指定办理人: name somebody for the open work, which comes into their hands; whoever was named before is not.

    The caller holds the subject's lock and has asked whether both may. Raises WrongState without open work.
    """
    work = open_work(process.subject)
    if work is None:
        raise WrongState(_("这一件现在没有待办。"))
    about = {
        "content_type_id": work.content_type_id,
        "object_id": work.object_id,
        "office_id": work.office_id,
    }
    Appointment.objects.filter(**about, ended_at=None).update(ended_at=at)
    named = Appointment.objects.create(**about, user=user, made_by=by, at=at)
    work.assignee, work.handed_by, work.note = user, None, ""
    work.save(update_fields=["assignee", "handed_by", "note"])
    work.parts.filter(kind=Task.Kind.NAMING, closed_at=None).update(
        closed_at=at, closed_by=by, outcome=APPOINTED
    )
    record(
        process.subject,
        "appoint",
        by=by,
        at=at,
        office=above,
        role=role,
        reason=reason,
        names={"to": user.name},
        to=actor_code(user),
        acts_for=work.office.code,
    )
    return named
