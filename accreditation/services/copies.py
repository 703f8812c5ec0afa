"""抄送: let people of the reviewing offices know of an application; they may read it. Each is an event."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Application, User
from accreditation.permissions import REVIEW
from accreditation.queries.task_rights import able_to_read, may_copy
from accreditation.scope import visible_applications
from accreditation.states import LEVEL_OF, State
from accreditation.versions import process_of
from workflows.actors import Actor, actor_code
from workflows.engine import record
from workflows.models import Copy, Event
from workflows.refusals import NotPermitted, NotReady, Problem


@transaction.atomic
def copy_to(
    application: Application, *, by: Actor, people: Sequence[User], at: datetime, note: str = ""
) -> Event:
    """Let these people know of the application. Raises NotPermitted; NotReady for nobody, or who may not read it."""
    locked = process_of(application).locked().subject
    verdict = may_copy(locked, by)
    if not verdict:
        raise NotPermitted(verdict.reason, verdict.code)
    if problems := _against(locked, by, people):
        raise NotReady(problems)
    Copy.objects.bulk_create(
        Copy(
            content_type=ContentType.objects.get_for_model(Application),
            object_id=locked.pk,
            user=person,
            made_by_id=by.pk,
            at=at,
        )
        for person in people
    )
    return record(
        locked,
        "copy",
        by=by,
        at=at,
        office=locked.office_at(LEVEL_OF[State(locked.state)]),
        role=REVIEW,
        reason=note,
        names={"to": _("、").join(person.name for person in people)},
        to=[actor_code(person) for person in people],
    )


@transaction.atomic
def withdraw_copy(application: Application, copy: Copy, *, by: User, at: datetime) -> None:
    """Take a copy back; only who made it may. Raises NotPermitted. Withdrawing twice changes nothing."""
    locked = process_of(application).locked().subject
    mine = Copy.objects.filter(pk=copy.pk, object_id=locked.pk).select_related("user").first()
    if mine is None:
        return
    if mine.made_by_id != by.pk or not visible_applications(by).filter(pk=locked.pk).exists():
        raise NotPermitted(_("只有抄送的人可以收回。"))
    mine.delete()
    record(
        locked,
        "withdraw_copy",
        by=by,
        at=at,
        office=locked.office_at(LEVEL_OF.get(State(locked.state), "")),
        role=REVIEW,
        names={"to": mine.user.name},
        to=actor_code(mine.user),
    )


def mark_read(application: Application, *, by: User, at: datetime) -> None:
    """Note when somebody first opened what they were copied on. No event: reading is no act."""
    kind = ContentType.objects.get_for_model(Application)
    Copy.objects.filter(content_type=kind, object_id=application.pk, user=by, read_at=None).update(read_at=at)


def _against(application: Application, by: Actor, people: Sequence[User]) -> list[Problem]:
    if not people:
        return [Problem(_("选择抄送给谁。"), field="people")]
    keys = {person.pk for person in people}
    kind = ContentType.objects.get_for_model(Application)
    copied = Copy.objects.filter(content_type=kind, object_id=application.pk, user__in=keys)
    known = set(copied.values_list("user_id", flat=True))
    able = set(able_to_read(application).filter(pk__in=keys).values_list("pk", flat=True))
    problems = []
    for person in people:
        if person.pk in known:
            problems.append(Problem(_("已经抄送给%(name)s。") % {"name": person.name}, field="people"))
        elif person.pk not in able or person.pk == by.pk:
            problems.append(Problem(_("不能抄送给%(name)s。") % {"name": person.name}, field="people"))
    return problems
