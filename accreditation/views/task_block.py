"""The open work on a reviewer's page of an application: who has it, what it waits for, all that can be done with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accreditation.models import Application, User
from accreditation.queries.part import Part
from accreditation.queries.recall import may_recall
from accreditation.queries.recusals import has_recused, recusing_office
from accreditation.queries.signers import SIGNED_IN
from accreditation.queries.task_block import (
    Block,
    advice_asked,
    advice_on,
    block_of,
    can_remind,
    can_take_back,
    can_unassign,
    copies_on,
)
from accreditation.queries.task_rights import may_assign, may_copy, may_have, may_let_go
from accreditation.states import DECIDED_ON, State
from accreditation.views.signed_in import SignedInRequest
from accreditation.work import acting_as
from workflows.actors import Actor, hands_of
from workflows.held import WAITING
from workflows.models import Task


@dataclass(frozen=True)
class Operation:
    """Something that can be done with the work: the name of its address, its word, and whether it is done at once."""

    name: str
    word: str | Promise
    at_once: bool = False
    is_main: bool = False


OPERATIONS = (
    Operation("claim", gettext_lazy("认领"), at_once=True, is_main=True),
    Operation("advise", gettext_lazy("提意见"), is_main=True),
    Operation("release", gettext_lazy("放回待办"), at_once=True),
    Operation("transfer", pgettext_lazy("操作", "转办")),
    Operation("take-back", gettext_lazy("收回转办"), at_once=True),
    Operation("delegate", pgettext_lazy("操作", "委派")),
    Operation("withdraw-delegation", gettext_lazy("收回委派"), at_once=True),
    Operation("signing-new", pgettext_lazy("操作", "加签")),
    Operation("assign", pgettext_lazy("操作", "指派")),
    Operation("unassign", gettext_lazy("收回指派"), at_once=True),
    Operation("remind", pgettext_lazy("操作", "催办"), at_once=True),
    Operation("copy", pgettext_lazy("操作", "抄送")),
    Operation("recuse", pgettext_lazy("操作", "回避")),
    Operation("recall", gettext_lazy("拿回决定")),
)
"""All of them, in the order in which they stand."""


def task_block(request: SignedInRequest, application: Application, part: Part) -> dict[str, Any]:
    """Return what `tasks/block.html` shows."""
    at = timezone.now()
    block = block_of(application, request.user, at)
    by = acting_as(request.user, application, at)
    inside = application.level in part.levels  # other levels have no business with what an office arranges
    return {
        "task_block": block,
        "holder_words": holder_words(application, block, by),
        "inside": inside,
        "hold_words": hold_words(block) if block and inside else "",
        "operations": ways(request, application, block),
        "asked": advice_asked(application, request.user),
        "advice": advice_on(application, part),
        "copied": copies_on(application).count() if part.levels else 0,
    }


def holder_words(application: Application, block: Block | None, by: Actor) -> str:
    """Say who has the work."""
    if application.state == State.PANEL_SCORING:
        return _("专家组评分中")
    return _holder(block, block.work.assignee, by) if block else ""


def _holder(block: Block, holder: User | None, by: Actor) -> str:
    if holder is None:
        return _("%(office)s待办，未认领") % {"office": block.work.office.label}
    if holder.pk == by.pk:
        return _("由您持有")
    if holder.pk in hands_of(by):
        return _("由您代%(name)s持有") % {"name": holder.name}
    if block.substitute is not None:
        said = {"name": holder.name, "substitute": block.substitute.name}
        return _("由%(name)s持有，%(substitute)s代") % said
    return _("由%(name)s持有") % {"name": holder.name}


def hold_words(block: Block) -> str:
    """Say what the work waits for; "" for nothing."""
    names = _("、").join(task.assignee.name for task in block.parts if task.assignee is not None)
    if block.work.hold == Task.Hold.REFUSED:
        return _("会签未通过")
    if block.work.hold == Task.Hold.ADVICE:
        return _("等待%(names)s的委派意见") % {"names": names}
    if block.work.hold == Task.Hold.SIGNING:
        return _("等待%(names)s会签") % {"names": names}
    if any(task.kind == Task.Kind.NAMING for task in block.parts):
        return _("没有人可以办理，已请上级指定办理人")
    return ""


def ways(request: SignedInRequest, application: Application, block: Block | None) -> list[Operation]:
    """Return what the reader may do with the work now, in the order of OPERATIONS."""
    at = timezone.now()
    possible = set(_possible(request, application, block, acting_as(request.user, application, at), at))
    return [operation for operation in OPERATIONS if operation.name in possible]


def _possible(
    request: SignedInRequest, application: Application, block: Block | None, by: Actor, at: datetime
) -> Iterator[str]:
    if block is not None and application.state in DECIDED_ON:
        yield from _with_work(application, block, by)
        if advice_asked(application, request.user):
            yield "advise"
    if block is not None and can_remind(application, block, by, at):
        yield "remind"
    if may_copy(application, by):
        yield "copy"
    if recusing_office(application, request.user, at) and not has_recused(application, request.user):
        yield "recuse"
    if may_recall(application, request.user, at):
        yield "recall"


def _with_work(application: Application, block: Block, by: Actor) -> Iterator[str]:
    work = block.work
    if may_have(application, by):
        if work.assignee is None:
            yield "claim"
        elif work.assignee_id in hands_of(by):
            yield from _with_own(work)
        elif can_take_back(application, by):
            yield "take-back"
        if (work.assignee is None or work.assignee_id in hands_of(by)) and may_be_signed(application, work):
            yield "signing-new"
    elif work.assignee_id is not None and may_let_go(application, by):
        yield from _letting_go(work)
    if may_assign(application, by):
        yield "assign"
        if can_unassign(application, by):
            yield "unassign"


def _with_own(work: Task) -> Iterator[str]:
    yield "transfer"
    if not work.hold:
        yield "delegate"
    yield from _letting_go(work)


def _letting_go(work: Task) -> Iterator[str]:
    """What is left to who holds the work and must keep out of it by now."""
    if work.hold not in WAITING:
        yield "release"
    if work.hold == Task.Hold.ADVICE:
        yield "withdraw-delegation"


def may_be_signed(application: Application, work: Task) -> bool:
    """Whether a round of signatures could be begun on the work."""
    return application.state in SIGNED_IN and work.hold not in WAITING
