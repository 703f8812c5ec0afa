"""What the reviewer's pages of one application show; `views.review` and `views.scoring` answer requests with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.fsm import Transition

from accreditation.context import offices
from accreditation.forms.review import DECISIONS, RETURN_TO, DecisionForm, consequences
from accreditation.models import Application
from accreditation.permissions import DECIDE, REVIEW, AtLevel
from accreditation.queries import review as reading
from accreditation.queries.part import Part, part_of
from accreditation.queries.rail import rail
from accreditation.queries.returns import Return, return_answered, returns_of, waiting_return
from accreditation.queries.timeline import entries, opinions
from accreditation.scope import visible_applications
from accreditation.services.review import actors
from accreditation.states import ENDED, LEVEL_OF, RETURNED, Level, State
from accreditation.versions import process_of
from accreditation.views.judged import panel, visited
from accreditation.views.review_changes import Comparison, compared, mark_label
from accreditation.views.review_material import OF_GOOD, overview
from accreditation.views.signed_in import SignedInRequest
from accreditation.work import acting_as
from workflows.actors import hands_of
from workflows.engine import allowed_actions
from workflows.held import WAITING
from workflows.models import Task
from workflows.working_days import days_left, last_day


@dataclass(frozen=True)
class Way:
    """An act of the city that has a page of its own."""

    word: str
    address: str


def review_or_404(request: SignedInRequest, public_id: Any) -> tuple[Application, Part]:
    """Return the application and the user's part in it; 404 unless they review it."""
    seen = reading.with_all(visible_applications(request.user))
    application = get_object_or_404(seen, public_id=public_id)
    part = part_of(application, request.user, offices(request))
    if not part.reviews:
        raise Http404
    return application, part


def material(application: Application, number: int | None = None) -> dict[str, Any]:
    """Return a revision as the pages show it: facts, files, gates, the marks that follow from it."""
    view, returns = reading.revision_view(application, number), returns_of(application)
    goods = [
        {
            "view": good,
            "code": good.good.code,
            "facts": OF_GOOD[good.good.code](view.document),
            "files": [file_item(file) for file in good.files],
        }
        for good in view.goods
    ]
    marks = [mark for good in view.goods for mark in good.marks]
    return {
        "application": application,
        "revision": view.revision,
        "document": view.document,
        "rubric": view.rubric,
        "comparison": comparison(view, returns),
        **_returned(application, view.document, returns),
        "overview": overview(view.document),
        "gates": view.gates,
        "failed_gates": view.failed_gates,
        "goods": goods,
        "earned": sum(mark.points for mark in marks),
        "computable": sum(mark.max for mark in marks),
    }


def comparison(view: reading.RevisionView, returns: Sequence[Return]) -> Comparison | None:
    """Return what changed since the revision before; None for the first."""
    if view.before is None:
        return None
    number = view.revision.number
    return compared((number - 1, number), view.before, view.document, return_answered(returns, number))


def _returned(
    application: Application, document: Mapping[str, Any], returns: Sequence[Return]
) -> dict[str, Any]:
    """Return what a later level has returned to the one that has the application now, and to whom it owes it."""
    waiting = None if application.state in RETURNED else waiting_return(application, returns)
    owed = application.office_at(application.owed_to)
    return {
        "returned": waiting,
        "returned_marks": [mark_label(mark, document) for mark in waiting.marks] if waiting else [],
        "owed": owed.name if owed else "",
    }


def file_item(file: reading.File) -> dict[str, Any]:
    """Return a file for the evidence component."""
    address = reverse("evidence", args=[file.public_id]) if file.public_id else ""
    return {
        "address": address,
        "name": file.name,
        "kind": file.kind,
        "size": file.size,
        "media_type": file.media_type,
    }


def page(request: SignedInRequest, application: Application, part: Part) -> dict[str, Any]:
    """Return what every page of one application shows a reviewer: the revision, its way so far, who holds it."""
    at, shown = timezone.now(), material(application)
    told = entries(application, request.user, offices(request))
    task = reading.open_task(application, request.user)
    judged = panel(request, application, part, shown["rubric"])
    means = {total.good.code: total for total in judged["result"].goods} if judged["result"] else {}
    for good in shown["goods"]:
        good["total"] = means.get(good["code"])
        good["judged"] = [(one, reading.given(judged["cards"], one)) for one in good["view"].judged]
    return (
        shown
        | judged
        | visited(request, application, part)
        | {
            "part": part,
            "rail": rail(application, told),
            "opinions": opinions(told),
            "task": task,
            "is_mine": task is not None and task.assignee_id == request.user.pk,
            "due_on": last_day(task.due_at) if task else None,
            "days": days_left(task.due_at, at) if task else 0,
            "is_late": task is not None and task.due_at <= at,
        }
    )


def decision_form(
    request: SignedInRequest,
    application: Application,
    task: Task | None,
    document: Mapping[str, Any],
    data: Mapping[str, Any] | None = None,
) -> DecisionForm | None:
    """Return the form of the decisions that the user may take now, or None if there are none."""
    offered = decisions(request, application, task)
    if not offered:
        return None
    quota = reading.quota_of(application) if application.state == State.DISTRICT_REVIEW else None
    return DecisionForm(
        data, decisions=offered, consequences=consequences(application, quota), document=document
    )


def decisions(request: SignedInRequest, application: Application, task: Task | None) -> Sequence[str]:
    """Return the decisions that the user may take. What somebody else holds is theirs; objections have a page."""
    if application.state == State.OBJECTION:
        return []
    everybody = actors(application, request.user, timezone.now())
    hands = {None, *(pk for one in everybody for pk in hands_of(one))}
    held_by_other = task is not None and task.assignee_id not in hands
    if held_by_other and application.state != State.PANEL_SCORING:
        return []
    if task is not None and task.hold in WAITING:
        return []
    process = process_of(application)
    possible = {name: step for one in everybody for name, step in allowed_actions(process, one).items()}
    allowed = _not_refused(task, possible)
    below = allowed["return_to_level"].declared_targets() if "return_to_level" in allowed else []
    levels = {LEVEL_OF[State(state)] for state in below}
    return [name for name in DECISIONS if name in allowed or RETURN_TO.get(name) in levels]


def _not_refused(task: Task | None, steps: Mapping[str, Transition]) -> Mapping[str, Transition]:
    """Leave out the favourable steps after a refused round."""
    if task is None or task.hold != Task.Hold.REFUSED:
        return steps
    return {name: step for name, step in steps.items() if not step.custom.get("favourable")}


def why_not(request: SignedInRequest, application: Application, part: Part, task: Task | None) -> str:
    """Say why there is no decision to take on this page."""
    if application.state in ENDED:
        return _("这一件已经办结。")
    if application.state in RETURNED:
        return _("已退回申报单位，补正后直接回到%(office)s。") % {"office": _holder(application)}
    if application.level not in part.levels:
        return _("现在由%(office)s办理。") % {"office": _holder(application)}
    by = acting_as(request.user, application, timezone.now())
    verdict = AtLevel(Level(application.level), (REVIEW, DECIDE))(application, by)
    if not verdict:
        return verdict.reason
    if task is not None and task.assignee is not None and task.assignee_id not in hands_of(by):
        return _("这一件由%(name)s认领，由其办理或释放后您才能办理。") % {"name": task.assignee.name}
    waits = task is not None and task.hold in WAITING
    return _("这一件正在等待他人的意见或者签署，之后才能作决定。") if waits else ""


def _holder(application: Application) -> str:
    office = application.office_at(application.level)
    return office.name if office else application.enterprise.name


def ways(application: Application, part: Part) -> list[Way]:
    """Return the acts of the city that have pages of their own, as far as the state calls for them."""
    if not part.decides_for_city:
        return []
    here, cycle = [application.public_id], [application.cycle.code]
    known: dict[State, tuple[str, str, list[Any]]] = {
        State.CITY_INTAKE: (_("组成专家组"), "panel", here),
        State.PANEL_SCORING: (_("看专家组，结束评分"), "panel", here),
        State.LISTED: (_("去公示"), "notice-list", cycle),
        State.OBJECTION: (_("处理异议"), "ruling", here),
        State.NOTICE_ENDED: (_("去命名"), "naming", cycle),
    }
    found = known.get(State(application.state))
    return [Way(found[0], reverse(found[1], args=found[2]))] if found else []
