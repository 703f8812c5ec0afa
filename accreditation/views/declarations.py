"""利害关系申明: which cycles are declared for, and the declaration of one: choose, look it over, sign."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.declarations import SOME, DeclarationForm, chosen, initial_of, note_name
from accreditation.forms.problems import show_problems
from accreditation.models import Cycle, Organisation
from accreditation.queries import declarations as queries
from accreditation.services.declarations import declare
from accreditation.views.paging import page_of
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import NotReady, Refused

OFFERED = 30
"""How many enterprises are listed at once; the others are found by name."""
SEARCH, SIGN = "search", "sign"


@login_required
@require_safe
def declarations(request: SignedInRequest) -> HttpResponse:
    """The cycles for which the user declares, and how each stands.

    Who comes from a page that asks for it is led to what is missing, and on from there.
    """
    at = timezone.now()
    cycles = queries.declaring(request.user, at)
    if onward := next_of(request):
        missing = queries.undeclared(request.user, cycles.values_list("pk", flat=True))
        return redirect(way_to_declare(missing[0], onward) if missing else onward)
    page = page_of(request, cycles)
    rows = queries.standing(list(page.object_list), request.user)
    return render(request, "persons/declarations.html", {"page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declaration(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose the enterprises (POST finds more by name), look the declaration over, sign it, and go on."""
    at = timezone.now()
    cycle = get_object_or_404(queries.declaring(request.user, at), code=code)
    if request.method != "POST":
        return _choose(request, cycle, DeclarationForm(initial=_initial(request, cycle)))
    form, step = DeclarationForm(request.POST), request.POST.get("do", "")
    if step == SEARCH or not form.is_valid():
        return _choose(request, cycle, form, status=200 if step == SEARCH else 422)
    return _sign(request, cycle, form, at) if step == SIGN else _look_over(request, cycle, form)


def _sign(request: SignedInRequest, cycle: Cycle, form: DeclarationForm, at: datetime) -> HttpResponse:
    """Write the declaration and go on to the page that asked for it."""
    try:
        declare(cycle, interests=form.interests(), by=request.user, at=at)
    except NotReady as refusal:
        show_problems(form, refusal)
        return _choose(request, cycle, form, status=422)
    except Refused as refusal:
        return refused(request, refusal)
    text = _("需要更改时，在账号菜单的“利害关系申明”中办理。")
    messages.success(request, told(_("已申明您在%(cycle)s的利害关系") % {"cycle": cycle.title}, text))
    return redirect(next_of(request) or "desk")


def way_to_declare(cycle: Cycle, onward: str) -> str:
    """Return the address of a cycle's declaration that leads on to another page of this site."""
    return f"{reverse('declaration', args=[cycle.code])}?{urlencode({'next': onward})}"


def next_of(request: HttpRequest) -> str:
    """Return the page of this site to go on to; "" where none is asked for, or it is another site's."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=here, require_https=request.is_secure())
    return asked if safe and asked.startswith("/") else ""


def _initial(request: SignedInRequest, cycle: Cycle) -> dict[str, str]:
    return initial_of(queries.enterprises_declared(cycle, request.user))


def _choose(request: SignedInRequest, cycle: Cycle, form: DeclarationForm, status: int = 200) -> HttpResponse:
    at = timezone.now()
    searching = form.is_bound and request.POST.get("do") == SEARCH
    words = _words(request)
    declared = queries.enterprises_declared(cycle, request.user) or {}
    ticked = form.picked if form.is_bound else queries.by_keys(declared)
    offered = queries.enterprises(cycle, request.user, words, at, OFFERED + 1)
    keys = chosen(ticked)
    context = {
        "cycle": cycle,
        "form": form,
        "is_search": searching,
        "whether": form["whether"].value() or "",
        "words": words,
        "ticked": [(one, _note(request, form, declared, one)) for one in ticked],
        "offered": [one for one in offered[:OFFERED] if one.organisation.pk not in keys],
        "more": len(offered) > OFFERED,
        "next": next_of(request),
        "told": queries.told(queries.events_of(cycle, request.user)[:OFFERED]),
    }
    return render(request, "persons/declaration.html", context, status=status)


def _look_over(request: SignedInRequest, cycle: Cycle, form: DeclarationForm) -> HttpResponse:
    context: dict[str, Any] = {
        "cycle": cycle,
        "whether": form.cleaned_data["whether"],
        "interests": [
            {"enterprise": one, "note": note, "name": note_name(one)}
            for one, note in form.interests().items()
        ],
        "is_some": form.cleaned_data["whether"] == SOME,
        "next": next_of(request),
    }
    return render(request, "persons/declaration_sign.html", context)


def _words(request: SignedInRequest) -> str:
    return request.POST.get("words", "").replace("\0", "").strip()


def _note(
    request: SignedInRequest, form: DeclarationForm, declared: dict[int, str], one: Organisation
) -> dict[str, str]:
    written = request.POST.get(note_name(one), "") if form.is_bound else declared.get(one.pk, "")
    return {"name": note_name(one), "value": written}
