"""The searches that somebody keeps: save the present one, look them over, rename, delete."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.desk import SavedSearchForm, query_of
from accreditation.forms.problems import show_problems
from accreditation.models import SavedSearch
from accreditation.queries.saved_searches import searches_of
from accreditation.services import saved_searches as services
from accreditation.views.desk import desk_or_404, search_form
from accreditation.views.posted import posted
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.refusals import NotReady


@login_required
@require_safe
def searches(request: SignedInRequest) -> HttpResponse:
    """All of them, each with its ways to be renamed and deleted."""
    desk_or_404(request)
    return _list(request)


@login_required
@posted
def save(request: SignedInRequest) -> HttpResponse:
    """Keep the search that the desk shows under a name. What no desk understands of it is left out."""
    desk = desk_or_404(request)
    query = query_of(search_form(desk, QueryDict(request.POST.get("query", "")[:1000])).search())
    form = SavedSearchForm(request.POST)
    if form.is_valid():
        try:
            services.save_search(by=request.user, name=form.cleaned_data["name"], query=query)
        except NotReady as refusal:
            show_problems(form, refusal)
        else:
            messages.success(request, told(_("已保存“%(name)s”") % {"name": form.cleaned_data["name"]}))
            return redirect(f"{reverse('desk')}?{query}")
    return _list(request, form, query, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Rename one, or go on to delete it."""
    own = own_or_404(request, public_id)
    form = SavedSearchForm(request.POST or None, initial={"name": own.name})
    if form.is_valid():
        try:
            renamed = services.rename_search(own, by=request.user, name=form.cleaned_data["name"])
        except NotReady as refusal:
            show_problems(form, refusal)
        else:
            messages.success(request, told(_("已改名为“%(name)s”") % {"name": renamed.name}))
            return redirect("searches")
    status = 422 if form.is_bound else 200
    return render(request, "desk/search.html", {"form": form, "search": own}, status=status)


@login_required
@posted
def delete(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Forget one; the page before asked."""
    own = own_or_404(request, public_id)
    services.delete_search(own, by=request.user)
    messages.success(request, told(_("已删除“%(name)s”") % {"name": own.name}))
    return redirect("searches")


def own_or_404(request: SignedInRequest, public_id: Any) -> SavedSearch:
    """Return one of the user's own; anybody else's is 404."""
    return get_object_or_404(searches_of(request.user), public_id=public_id)


def _list(
    request: SignedInRequest, form: SavedSearchForm | None = None, query: str = "", status: int = 200
) -> HttpResponse:
    kept = list(searches_of(request.user))
    context = {"form": form, "query": query, "searches": kept, "most": services.MOST}
    return render(request, "desk/searches.html", context, status=status)
