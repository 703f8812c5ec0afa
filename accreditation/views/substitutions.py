"""代理: who acts for me, for whom I act, and how an office's people stand in for each other."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.face.dates import day_range
from accreditation.forms.persons import SubstitutionForm
from accreditation.forms.problems import show_problems
from accreditation.models import Organisation, User
from accreditation.permissions import may_manage
from accreditation.queries import substitutions as queries
from accreditation.services.substitutions import end_substitution, substitute
from accreditation.views.paging import page_of
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from workflows.refusals import NotReady, Refused


@login_required
@require_safe
def substitutions(request: SignedInRequest) -> HttpResponse:
    """When somebody acts for me, when I act for somebody, and the offices where I can set it."""
    at = timezone.now()
    mine = page_of(request, queries.as_principal(request.user))
    others = page_of(request, queries.as_substitute(request.user), "for")
    own = list(queries.own_offices(request.user))
    context = {
        "mine": mine,
        "mine_rows": queries.rows(list(mine.object_list), at),
        "others": others,
        "other_rows": queries.rows(list(others.object_list), at),
        "offices": [(office, may_manage(request.user, office)) for office in own],
    }
    return render(request, "persons/substitutions.html", context)


@login_required
@require_safe
def office_substitutions(request: SignedInRequest, code: str) -> HttpResponse:
    """How the people of an office stand in for each other. Only for who manages it: 404."""
    office = _office(request, code)
    if not may_manage(request.user, office):
        raise Http404
    page = page_of(request, queries.of_office(office))
    rows = queries.rows(list(page.object_list), timezone.now())
    context = {"office": office, "page": page, "rows": rows}
    return render(request, "persons/office_substitutions.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, code: str) -> HttpResponse:
    """Let somebody act for me in an office, or for one of its people if I manage it."""
    office = _office(request, code)
    form = SubstitutionForm(
        request.POST if request.method == "POST" else None,
        initial={"principal": request.user.public_id},
        principals=_principals(office, request.user),
        substitutes=queries.members(office),
    )
    if form.is_valid():
        try:
            made = substitute(office, by=request.user, at=timezone.now(), **form.cleaned_data)
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[_back()])
        else:
            said = {"principal": made.principal.name, "substitute": made.substitute.name}
            days = form.cleaned_data["starts_on"], form.cleaned_data["ends_on"]
            period = day_range(*days, timezone.localdate().year)
            title = _("%(substitute)s将代%(principal)s办理") % said
            messages.success(request, told(title, _("%(period)s，可以提前结束。") % {"period": period}))
            return _return(request, office, made.principal_id == request.user.pk)
    context = {"office": office, "form": form, "manages": may_manage(request.user, office)}
    return render(request, "persons/substitution_new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask, then end a substitution before its time."""
    found = get_object_or_404(queries.concerned(request.user), public_id=public_id)
    (row,) = queries.rows([found], timezone.now())
    if request.method == "POST":
        try:
            end_substitution(found, by=request.user, at=timezone.now())
        except Refused as refusal:
            return refused(request, refusal, ways=[_back()])
        said = {"principal": found.principal.name, "substitute": found.substitute.name}
        title = _("%(substitute)s不再代%(principal)s办理") % said
        messages.success(request, told(title, _("已经办理的不受影响。")))
        return _return(request, found.office, request.user.pk in {found.principal_id, found.substitute_id})
    return render(request, "persons/substitution_end.html", {"row": row, "one": found})


def _office(request: SignedInRequest, code: str) -> Organisation:
    """Return the office if the user may set substitutes there; to everybody else it is not there."""
    office = queries.office_of(request.user, code)
    if office is None:
        raise Http404
    return office


def _principals(office: Organisation, user: User) -> Any:
    everybody = queries.principals(office)
    return everybody if may_manage(user, office) else everybody.filter(pk=user.pk)


def _return(request: SignedInRequest, office: Organisation, is_own: bool) -> HttpResponse:
    if is_own or not may_manage(request.user, office):
        return redirect("substitutions")
    return redirect("office-substitutions", office.code)


def _back() -> Way:
    return _("代理"), reverse("substitutions")
