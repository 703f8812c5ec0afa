"""What the reviewer's pages of one application show; `views.review` and `views.scoring` answer requests with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.context import offices
from accreditation.forms.review import DECISIONS, DecisionForm, consequences
from accreditation.models import Application
from accreditation.permissions import DECIDE, REVIEW, AtLevel, visible_applications
from accreditation.process import ReviewProcess
from accreditation.queries import review as reading
from accreditation.queries.desk_rows import days_left
from accreditation.queries.part import Part, part_of, readable_cards
from accreditation.queries.rail import rail
from accreditation.queries.timeline import entries, opinions
from accreditation.services.review import may_claim
from accreditation.states import ENDED, RETURNED, Level, State
from accreditation.views.review_changes import changes
from accreditation.views.review_material import OF_GOOD, overview
from accreditation.views.signed_in import SignedInRequest
from workflows.engine import allowed_actions
from workflows.models import Task
from workflows.working_days import last_day


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
    view = reading.revision_view(application, number)
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
        "changes": changes(view.before, view.document) if view.before else [],
        "overview": overview(view.document),
        "gates": view.gates,
        "failed_gates": view.failed_gates,
        "goods": goods,
        "earned": sum(mark.points for mark in marks),
        "computable": sum(mark.max for mark in marks),
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
        | {
            "part": part,
            "rail": rail(application, told),
            "opinions": opinions(told),
            "task": task,
            "is_mine": task is not None and task.assignee_id == request.user.pk,
            "due_on": last_day(task.due_at) if task else None,
            "days": days_left(task.due_at, at) if task else 0,
            "is_late": task is not None and task.due_at <= at,
            "may_claim": task is not None
            and task.assignee_id is None
            and may_claim(application, request.user),
        }
    )


def panel(request: SignedInRequest, application: Application, part: Part, rubric: Any) -> dict[str, Any]:
    """Return the cards on the current revision that the reader may see; the result only once the scoring is over."""
    readable = readable_cards(application, request.user, part)
    cards = [
        reading.card_view(rubric, card)
        for card in readable
        if card.submitted_at and card.revision.number == application.revision_number
    ]
    own = [card for card in part.own_cards if card.revision.number == application.revision_number]
    current = application.current_cards if part.sees_panel else None
    scores = [one.total.total for one in cards]
    return {
        "cards": cards,
        "own_card": own[0] if own else None,
        "scores": scores,
        "axis_from": axis_from(scores),
        "result": reading.panel_of(rubric, cards) if application.total is not None else None,
        "total_line": rubric.total_line(application.cycle.level),
        "seats": current.count() if current is not None else 0,
        "handed_in": current.exclude(submitted_at=None).count() if current is not None else 0,
    }


def axis_from(scores: Sequence[Decimal]) -> int:
    """Return where the axis of the scores begins: a ten below the lowest, so that near marks stand apart."""
    lowest = min(scores, default=Decimal(0))
    return max(0, int(lowest) // 10 * 10 - 10)


def decision_form(
    request: SignedInRequest,
    application: Application,
    task: Task | None,
    data: Mapping[str, Any] | None = None,
) -> DecisionForm | None:
    """Return the form of the decisions that the user may take now, or None if there are none."""
    offered = decisions(request, application, task)
    if not offered:
        return None
    quota = reading.quota_of(application) if application.state == State.DISTRICT_REVIEW else None
    return DecisionForm(data, decisions=offered, consequences=consequences(application, quota))


def decisions(request: SignedInRequest, application: Application, task: Task | None) -> Sequence[str]:
    """Return the decisions that the user may take. What somebody else holds is theirs; objections have a page."""
    if application.state == State.OBJECTION:
        return []
    held_by_other = task is not None and task.assignee_id not in {None, request.user.pk}
    if held_by_other and application.state != State.PANEL_SCORING:
        return []
    allowed = allowed_actions(ReviewProcess(application), request.user)
    return [name for name in DECISIONS if name in allowed]


def why_not(request: SignedInRequest, application: Application, part: Part, task: Task | None) -> str:
    """Say why there is no decision to take on this page."""
    if application.state in ENDED:
        return _("这一件已经办结。")
    if application.state in RETURNED:
        return _("已退回申报单位，补正后直接回到%(office)s。") % {"office": _holder(application)}
    if application.level not in part.levels:
        return _("现在由%(office)s办理。") % {"office": _holder(application)}
    verdict = AtLevel(Level(application.level), (REVIEW, DECIDE))(application, request.user)
    if not verdict:
        return verdict.reason
    if task is not None and task.assignee is not None and task.assignee != request.user:
        return _("这一件由%(name)s认领，由其办理或释放后您才能办理。") % {"name": task.assignee.name}
    return ""


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
