"""The searches over events that an auditor keeps: save the present one, look them over, rename, delete, take back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.context import offices
from accreditation.forms.event_search import EventSearchForm, EventSearchName
from accreditation.forms.problems import show_problems
from accreditation.models import EventSearch
from accreditation.queries.archive import auditing
from accreditation.queries.event_searches import searches_of
from accreditation.services import event_searches as services
from accreditation.views.posted import posted
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import NotReady

DELETED = "event_search_deleted"
"""Where the session keeps the one that was deleted last, until it is taken back or another one is."""


@login_required
@require_safe
def event_searches(request: SignedInRequest) -> HttpResponse:
    """All of them, each with its ways to be renamed and deleted."""
    audits_or_404(request)
    return _list(request)


@login_required
@posted
def event_search_save(request: SignedInRequest) -> HttpResponse:
    """Keep the search that the page shows under a name. What no search understands of it is left out."""
    audits_or_404(request)
    asked = EventSearchForm(QueryDict(request.POST.get("query", "")[: services.LONGEST_QUERY]))
    query = asked.query() if asked.is_valid() else ""
    form = EventSearchName(request.POST)
    if _done(form, lambda name: services.save_event_search(by=request.user, name=name, query=query)):
        messages.success(request, told(_("已保存“%(name)s”") % form.cleaned_data))
        return redirect(f"{reverse('event-search')}?{query}")
    return _list(request, form, query, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def event_search_kept(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Rename one, or go on to delete it."""
    own = own_or_404(request, public_id)
    form = EventSearchName(request.POST or None, initial={"name": own.name})
    if _done(form, lambda name: services.rename_event_search(own, by=request.user, name=name)):
        messages.success(request, told(_("已改名为“%(name)s”") % form.cleaned_data))
        return redirect("event-searches")
    status = 422 if form.is_bound else 200
    return render(request, "audit/search_kept.html", {"form": form, "search": own}, status=status)


@login_required
@posted
def event_search_delete(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Forget one; the next page can take it back."""
    own = own_or_404(request, public_id)
    services.delete_event_search(own, by=request.user)
    request.session[DELETED] = {"name": own.name, "query": own.query}
    return redirect(f"{reverse('event-searches')}?deleted=1")


@login_required
@posted
def event_search_restore(request: SignedInRequest) -> HttpResponse:
    """Take back the one that was deleted last."""
    audits_or_404(request)
    deleted = request.session.pop(DELETED, None)
    if deleted is None:
        return redirect("event-searches")
    form = EventSearchName(deleted)
    if _done(
        form, lambda name: services.save_event_search(by=request.user, name=name, query=deleted["query"])
    ):
        messages.success(request, told(_("已恢复“%(name)s”") % form.cleaned_data))
        return redirect("event-searches")
    return _list(request, form, deleted["query"], status=422)


def audits_or_404(request: SignedInRequest) -> None:
    """Raise 404 for who audits nothing."""
    if not auditing(offices(request)):
        raise Http404


def own_or_404(request: SignedInRequest, public_id: Any) -> EventSearch:
    """Return one of the auditor's own; anybody else's is 404."""
    audits_or_404(request)
    return get_object_or_404(searches_of(request.user), public_id=public_id)


def _done(form: EventSearchName, act: Callable[[str], Any]) -> bool:
    """Do it with the name of a valid form; what is refused is shown in the form."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data["name"])
    except NotReady as refusal:
        show_problems(form, refusal)
        return False
    return True


def _list(
    request: SignedInRequest, form: EventSearchName | None = None, query: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "query": query,
        "searches": list(searches_of(request.user)),
        "most": services.MOST,
        "deleted": request.session.get(DELETED) if "deleted" in request.GET else None,
    }
    return render(request, "audit/searches.html", context, status=status)
