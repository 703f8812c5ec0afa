"""Moving applications that are on their way to other versions: choose, read what changes for whom, move."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accreditation.forms.picks import Pick
from accreditation.forms.versions import MoveForm, OnTheWaySearch
from accreditation.models import Application, Cycle
from accreditation.queries.versions import groups, on_the_way, picked
from accreditation.services.version_preview import preview
from accreditation.services.versions import Outcome, move_each
from accreditation.versions import VERSIONS, version
from accreditation.views.notices import set_up_by
from accreditation.views.paging import page_of
from accreditation.views.telling import told


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """Choose what to move and where to; the first press shows what would change, the second moves."""
    cycle = set_up_by(request, code)
    form = MoveForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or request.POST.get("act") == "back" or not form.is_valid():
        return _choose(request, cycle, form)
    chosen = _chosen(cycle, form.cleaned_data["applications"])
    if request.POST.get("act") != "move":
        return _preview(request, cycle, form, [application for application, _seen in chosen])
    user: Any = request.user
    outcomes = move_each(
        chosen, form.target(), by=user, at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    return _moved(request, cycle, outcomes)


def _chosen(cycle: Cycle, picks: Sequence[Pick]) -> list[tuple[Application, int]]:
    """Return the picked applications with the versions that were seen. What is not in the cycle is not there: 404."""
    seen = {pick.public_id: pick.version for pick in picks}
    found = picked(cycle, seen)
    if len(found) != len(seen):
        raise Http404
    return [(application, seen[application.public_id]) for application in found]


def _choose(request: HttpRequest, cycle: Cycle, form: MoveForm) -> HttpResponse:
    search = OnTheWaySearch(request.GET, auto_id="search_%s")
    narrowed = search.narrowed()
    page = page_of(request, on_the_way(cycle, **narrowed))
    sent = set(form.data.getlist("applications")) if isinstance(form.data, QueryDict) else set()
    context = {
        "cycle": cycle,
        "form": form,
        "search": search,
        "is_narrowed": any(narrowed.values()),
        "groups": groups(cycle),
        "page": page,
        "rows": [_row(application, sent) for application in page.object_list],
        "versions": VERSIONS.values(),
        "current": version(cycle.process_version),
    }
    status = 422 if form.is_bound and form.errors and request.POST.get("act") != "back" else 200
    return render(request, "versions/choose.html", context, status=status)


def _row(application: Application, sent: set[str]) -> dict[str, Any]:
    value = f"{application.public_id}:{application.version}"
    return {"application": application, "value": value, "picked": value in sent}


def _preview(
    request: HttpRequest, cycle: Cycle, form: MoveForm, chosen: Sequence[Application]
) -> HttpResponse:
    changes = preview(chosen, form.target())
    movable = [change for change in changes if not change.refusals]
    context = {
        "cycle": cycle,
        "form": form,
        "given": form.cleaned_data,
        "target": form.target(),
        "picks": [f"{change.application.public_id}:{change.application.version}" for change in movable],
        "sent": request.POST.getlist("applications"),
        "changes": changes,
        "count": len(movable),
        "kept": len(changes) - len(movable),
    }
    return render(request, "versions/preview.html", context)


def _moved(request: HttpRequest, cycle: Cycle, outcomes: Sequence[Outcome]) -> HttpResponse:
    """Say what became of each; where all were moved, back on the list."""
    moved = [one for one in outcomes if not one.refusal]
    said = ngettext("已移动%(count)d件", "已移动%(count)d件", len(moved)) % {"count": len(moved)}
    if len(moved) == len(outcomes):
        way = (cycle.title, reverse("cycle", args=[cycle.code]))
        messages.success(request, told(said, _("环节、待办、会签和评分卡不变。"), way))
        return redirect("versions", cycle.code)
    context = {"cycle": cycle, "outcomes": outcomes, "said": said, "left": len(outcomes) - len(moved)}
    return render(request, "versions/outcome.html", context, status=409)
