"""推荐排序: the page on which a body orders its candidates, and what the city reads of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.ranking import DOWN, UP, RankingForm
from accreditation.models import Cycle, Organisation
from accreditation.permissions import may_decide_at
from accreditation.queries.cycle_overview import readable_cycles
from accreditation.queries.declarations import undeclared
from accreditation.queries.ranking import Ranking, kept_out, ranking_of, readable_body
from accreditation.services.ranking import rank
from accreditation.views.refusing import posted_version, refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from accreditation.work import acting_at
from workflows.refusals import Refused, Stale

SAVE = "save"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ranking(request: SignedInRequest, code: str, body: str) -> HttpResponse:
    """The order as it is saved; a post arranges it on the page, and `act=save` saves it."""
    cycle, office = _ranked(request, code, body)
    if request.method != "POST":
        return _page(request, ranking_of(cycle, office))
    form = RankingForm(request.POST)
    if not form.is_valid():
        return _page(request, ranking_of(cycle, office), status=422, problem=_("重新打开这一页，再排序"))
    wished = form.arranged()
    if request.POST.get("act") != SAVE:
        return _page(request, ranking_of(cycle, office, wished), move=form.cleaned_data["move"])
    try:
        event = rank(
            cycle,
            office,
            wished,
            by=acting_at(request.user, office, timezone.now()),
            at=timezone.now(),
            expected_version=posted_version(request),
        )
    except Stale as stale:
        return _compared(request, cycle, office, wished, stale)
    except Refused as refusal:
        return refused(request, refusal, ways=[(_("推荐排序"), request.path)])
    title = _("已保存推荐排序") if event else _("排序没有变动")
    messages.success(request, told(title, _("上级和本会的人都能看到。") if event else ""))
    return redirect("ranking", cycle.code, office.code)


def _ranked(request: SignedInRequest, code: str, body: str) -> tuple[Cycle, Organisation]:
    """Return the cycle and the body whose ranking the reader may see; to everybody else it is not there."""
    cycle = get_object_or_404(Cycle.objects.select_related("city", "rubric"), code=code)
    office = readable_body(request.user, cycle, body, timezone.now())
    if office is None:
        raise Http404
    return cycle, office


def _page(request: SignedInRequest, shown: Ranking, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = acting_at(request.user, shown.body, timezone.now())
    decides = may_decide_at(actor, shown.body)
    declares_first = decides and bool(undeclared(request.user, [shown.cycle.pk]))
    barred = kept_out(actor, shown) if decides and not declares_first else []
    context = {
        "ranking": shown,
        "rows": _rows(shown, more.pop("saved", {}), more.pop("move", "")),
        "cycle": shown.cycle,
        "body": shown.body,
        "barred": barred,
        "declares_first": declares_first,
        "may_order": decides and shown.quota is not None and not barred and not declares_first,
        "batch": _batch(shown) if decides else "",
        "is_changed": request.method == "POST",
        "reads_cycle": readable_cycles(request.user, timezone.now()).filter(pk=shown.cycle.pk).exists(),
        "version": shown.quota.ranking_version if shown.quota else 0,
    }
    return render(request, "ranking/ranking.html", context | more, status=status)


def _rows(shown: Ranking, saved: dict[int, int], move: str) -> list[dict[str, Any]]:
    """Return the rows: the candidate, its saved place, and which way it can go; the button just used has the focus."""
    moving = [one.application.public_id for one in shown.candidates if not one.is_fixed]
    way, _colon, moved = move.partition(":")
    rows = []
    for one in shown.candidates:
        public_id = one.application.public_id
        goes = {UP: public_id != moving[0], DOWN: public_id != moving[-1]} if public_id in moving else {}
        other = DOWN if way == UP else UP
        focus = (way if goes.get(way) else other) if str(public_id) == moved else ""
        rows.append({"row": one, "saved": saved.get(one.application.pk), "goes": goes, "focus": focus})
    return rows


def _compared(
    request: SignedInRequest, cycle: Cycle, body: Organisation, wished: list[UUID], stale: Stale
) -> HttpResponse:
    """Show the order that was not saved beside the one that somebody else saved meanwhile."""
    saved = {one.application.pk: one.number for one in ranking_of(cycle, body).candidates}
    mine = ranking_of(cycle, body, wished)
    return _page(request, mine, status=stale.status, stale=stale, saved=saved)


def _batch(shown: Ranking) -> str:
    """Return the query of the page that recommends at once everybody for whom there are places."""
    query = QueryDict(mutable=True)
    query["decision"] = "recommend"
    query.setlist("applications", [str(one.application.public_id) for one in shown.within])
    return query.urlencode() if shown.within else ""
