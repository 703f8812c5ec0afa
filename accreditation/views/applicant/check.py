"""Look over every answer, and submit."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.face.answers import file_item, sections
from accreditation.models import Application, User
from accreditation.queries.documents import current_evidence, document_of
from accreditation.services import applications
from accreditation.states import EDITABLE, State
from accreditation.views.applicant.application import address_of, gaps_of
from accreditation.views.applicant.own import own_application
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_number, posted_version, refused
from accreditation.views.telling import told
from workflows.refusals import NotReady, Problem, Refused, Stale


@login_required
@require_safe
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every answer with a way to change it; at the end the button that submits."""
    found = own_application(request, public_id)
    if found.state not in EDITABLE:
        return redirect("application", public_id)
    return render(request, "applicant/check.html", _context(found))


@login_required
@posted
def submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Freeze the form as a revision and hand it to the level that reviews next."""
    found = own_application(request, public_id)
    version, user = posted_version(request), cast(User, request.user)
    try:
        event = applications.submit(
            found,
            by=user,
            at=timezone.now(),
            expected_version=version,
            expected_edits=posted_number(request, "edits"),
        )
    except NotReady as unready:
        return render(request, "applicant/check.html", _context(found, unready.problems), status=422)
    except Refused as refusal:
        if isinstance(refusal, Stale) and refusal.action == "edit":
            messages.warning(request, told(_("申报内容在您核对之后有改动"), _("请再核对一遍，然后提交。")))
            return redirect("application-check", public_id)
        return refused(request, refusal, ways=[(_("看这份申报"), reverse("application", args=[public_id]))])
    messages.success(
        request, told(_("已提交%(studio)s") % {"studio": found.studio.name}, _next(found, event.to_state))
    )
    return redirect("application", public_id)


def _context(application: Application, problems: list[Problem] | None = None) -> dict[str, Any]:
    document = document_of(application)
    files: dict[str, list[dict[str, Any]]] = {}
    for item in current_evidence(application):
        files.setdefault(item.good, []).append(file_item(item, reverse("evidence", args=[item.public_id])))
    gaps = gaps_of(application, document) if problems is None else _linked(application, problems)
    return {
        "application": application,
        "sections": sections(document, files),
        "gaps": gaps,
        "refused": problems is not None,
        "is_first": application.state == State.DRAFT,
    }


def _linked(application: Application, problems: list[Problem]) -> list[dict[str, str]]:
    """Return what kept it from being submitted; what belongs to a field leads to it."""
    return [
        {
            "message": problem.message,
            "address": address_of(application, problem.step, problem.field) if problem.step else "",
        }
        for problem in problems
    ]


def _next(application: Application, state: str) -> str:
    level = {
        State.ENTERPRISE_REVIEW: application.union,
        State.DISTRICT_REVIEW: application.district,
        State.CITY_INTAKE: application.city,
    }.get(State(state))
    return _("现在由%(office)s办理。") % {"office": level.name} if level else ""
