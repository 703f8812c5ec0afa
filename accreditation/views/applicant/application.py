"""The page of an application in every state."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.completeness import EVIDENCE_KINDS, missing, progress, step_title
from accreditation.context import offices
from accreditation.models import Application, Designation
from accreditation.queries.applicant import earlier_applications, waiting_task
from accreditation.queries.certificates import of_case
from accreditation.queries.documents import document_of
from accreditation.queries.returns import returns_of, waiting_return
from accreditation.queries.review import documents_of
from accreditation.queries.rubrics import rubric_of_application
from accreditation.queries.task_block import block_of, can_remind
from accreditation.queries.timeline import entries, opinions
from accreditation.scoring import self_assess
from accreditation.states import EDITABLE, RETURNED, State
from accreditation.views.applicant.own import own_application
from accreditation.views.applicant.progress import deadline_at, rail
from accreditation.views.review_changes import mark_label
from accreditation.views.signed_in import SignedInRequest
from certificates.standing import ending_of, standing

TEMPLATES = {State.DRAFT: "applicant/draft.html"} | dict.fromkeys(RETURNED, "applicant/returned.html")

MANY = 8
"""More gaps than these are shown by step, so that the list stays shorter than the form."""


@login_required
@require_safe
def application(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What to do next, or how far it has come."""
    found = own_application(request, public_id)
    told = entries(found, request.user, offices(request))
    task, at = waiting_task(found), timezone.now()
    today = timezone.localdate(at)
    context = {
        "application": found,
        "rail": rail(found, told, task, today),
        "entries": told[::-1],
        "opinions": opinions(told),
        "revisions": list(found.revisions.select_related("submitted_by").order_by("-number")),
        "earlier": list(earlier_applications(found)),
        **(_form(found, today) if found.state in EDITABLE else {}),
    }
    if found.state == State.DRAFT:
        context["deadline"] = deadline_at(found.cycle.closes_at, at)
    elif found.state in RETURNED:
        context |= {"sent_back": _sent_back(found), "deadline": task and deadline_at(task.due_at, at)}
    else:
        context |= {"may_remind": _may_remind(request, found, at), **_named(found, at)}
    return render(request, TEMPLATES.get(State(found.state), "applicant/submitted.html"), context)


def _may_remind(request: SignedInRequest, application: Application, at: datetime) -> bool:
    block = block_of(application, request.user, at)
    return block is not None and can_remind(application, block, request.user, at)


def address_of(application: Application, step: str, field: str) -> str:
    """Return the address of a field of the form."""
    address = reverse("application-step", args=[application.public_id, step])
    return f"{address}#{field}" if field else address


def gaps_of(application: Application, document: dict[str, Any]) -> list[dict[str, str]]:
    """Return what is missing, each with the address of its field."""
    return [
        {
            "message": gap.message,
            "detail": gap.detail,
            "step": gap.step,
            "address": address_of(application, gap.step, gap.field),
        }
        for gap in missing(rubric_of_application(application), document)
    ]


def by_step(gaps: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return the gaps in groups of one step each, for a form that has hardly been begun."""
    groups: dict[str, list[dict[str, str]]] = {}
    for gap in gaps:
        groups.setdefault(gap["step"], []).append(gap)
    return [{"title": step_title(step), "gaps": group} for step, group in groups.items()]


def _form(application: Application, today: date) -> dict[str, Any]:
    document, rubric = document_of(application), rubric_of_application(application)
    steps = list(progress(rubric, document).values())
    gaps = gaps_of(application, document)
    return {
        "gaps": gaps,
        "groups": by_step(gaps) if len(gaps) > MANY else [],
        "studio_steps": [
            step for step in steps if step.step not in EVIDENCE_KINDS and step.step != "contact"
        ],
        "good_steps": [step for step in steps if step.step in EVIDENCE_KINDS],
        "last_steps": [step for step in steps if step.step == "contact"],
        "assessment": self_assess(rubric, document, on=today),
        "line": rubric.total_line(application.cycle.level),
    }


def _sent_back(application: Application) -> dict[str, Any]:
    returned = waiting_return(application, returns_of(application))
    document = documents_of(application, [returned.revision])[returned.revision] if returned else {}
    return {
        "office": application.office_at(application.level),
        "level": application.level,
        "reason": returned.reason if returned else "",
        "marks": [
            {
                "label": mark_label(mark, document),
                "address": address_of(application, mark.step, mark.anchor),
            }
            for mark in (returned.marks if returned else ())
        ],
    }


def _named(application: Application, at: datetime) -> dict[str, Any]:
    """Return the designation, how the certificate that counts stands, and the certificates that were replaced."""
    rows = Designation.objects.filter(application=application)
    found = rows.select_related("certificate__ending__successor", "decision").first()
    if found is None or found.certificate is None or found.shown is None:
        return {"designation": found}
    replaced = of_case(found.certificate).filter(pk__lt=found.certificate_id)
    return {
        "designation": found,
        "standing": standing(found.shown, at),
        "replaced": [one for one in replaced if ending_of(one)],
    }
