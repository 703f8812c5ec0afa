"""办理情况: who of an office has how much in hand, and spreading what is there evenly."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.context import offices as offices_of_request
from accreditation.forms.load import MovesForm, PlannedMove
from accreditation.models import Application, Organisation, User
from accreditation.queries import load as queries
from accreditation.services import spreading
from accreditation.services.one_by_one import Attempt
from accreditation.services.spreading import Move
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.refusing import words_of
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.models import Task


@login_required
@require_safe
def offices(request: SignedInRequest) -> HttpResponse:
    """Lead to the only office that the user oversees, or let them choose."""
    overseen = queries.overseen(offices_of_request(request))
    if not overseen:
        raise Http404
    if len(overseen) == 1:
        return redirect("load", overseen[0].code)
    return render(request, "load/offices.html", {"offices": overseen})


@login_required
@require_safe
def load(request: SignedInRequest, code: str) -> HttpResponse:
    """Each person's load, what nobody has taken, and how old the works are, here and below."""
    office, at = overseen_or_404(request, code), timezone.now()
    page = page_of(request, queries.ages_below(office, at))
    shown = {
        "office": office,
        "today": at,
        "rows": queries.loads(office, at),
        "days": queries.LAST_DAYS,
        "free": queries.works_of(office).filter(assignee=None).count(),
        "levels": queries.ages_by_level(office, at),
        "page": page,
        "below": [queries.age_of(row) for row in page.object_list],
    }
    return render(request, "load/load.html", shown)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def spread(request: SignedInRequest, code: str) -> HttpResponse:
    """Show who would get what; the button does it. Only the post writes."""
    office, at = overseen_or_404(request, code), timezone.now()
    if request.method == "POST":
        form = MovesForm(request.POST)
        if form.is_valid():
            moves = _moves(queries.works_of(office), form.cleaned_data["moves"])
            tried = spreading.spread([move for move, _sequence in moves], by=request.user, at=at)
            return _outcome(request, office, tried)
        messages.error(
            request,
            told(_("没有分派"), " ".join(str(error) for error in form.errors["moves"]), shape="alert"),
        )
        return redirect("spread", office.code)
    with_held = request.GET.get("held") == "1"
    plan = spreading.plan(office, at, with_held=with_held)
    values = [_value(move) for move in plan.moves]
    shown = {
        "office": office,
        "plan": plan,
        "rows": list(zip(plan.moves, values, strict=True)),
        "with_held": with_held,
        "most": spreading.MOST,
    }
    return render(request, "load/spread.html", shown)


@login_required
@posted
def undo(request: SignedInRequest, code: str) -> HttpResponse:
    """Take back what was handed out just now, as far as nobody has touched it."""
    office, at = overseen_or_404(request, code), timezone.now()
    form = MovesForm(request.POST)
    if not form.is_valid():
        return redirect("spread", office.code)
    moves = _moves(Task.objects.filter(office=office), form.cleaned_data["moves"])
    tried = spreading.undo(moves, by=request.user, at=at)
    kept = [row for row in _rows(request, tried) if not row["done"]]
    count = len(tried) - len(kept)
    if not kept:
        messages.success(request, told(_("已收回%(count)d件") % {"count": count}))
        return redirect("load", office.code)
    return render(request, "load/undone.html", {"office": office, "kept": kept, "count": count})


def overseen_or_404(request: SignedInRequest, code: str) -> Organisation:
    """Return an office that the user oversees; any other is 404."""
    overseen = queries.overseen(offices_of_request(request))
    found = next((office for office in overseen if office.code == code), None)
    if found is None:
        raise Http404
    return found


def _moves(works: QuerySet[Task], planned: Sequence[PlannedMove]) -> list[tuple[Move, int]]:
    """Return the moves of these works of the office; whatever else was sent is left out."""
    wanted = Application.objects.filter(
        pk__in=works.values("object_id"), public_id__in=[one.application for one in planned]
    ).select_related("studio", "enterprise")
    applications = {one.public_id: one for one in wanted}
    ids = {one.to for one in planned} | {one.seen for one in planned if one.seen}
    people = {one.public_id: one for one in User.objects.filter(public_id__in=ids)}
    return [
        (
            Move(applications[one.application], people[one.to], people.get(one.seen) if one.seen else None),
            one.sequence,
        )
        for one in planned[: spreading.MOST]
        if one.application in applications and one.to in people
    ]


def _outcome(
    request: SignedInRequest, office: Organisation, tried: Sequence[tuple[Move, Attempt]]
) -> HttpResponse:
    keys = [move.application.pk for move, _came in tried]
    sequences = dict(Application.objects.filter(pk__in=keys).values_list("pk", "sequence"))
    rows = _rows(request, tried)
    done = [row for row in rows if row["done"]]
    shown = {
        "office": office,
        "done": done,
        "refused": [row for row in rows if not row["done"]],
        "undoing": [_value(row["move"], sequences[row["move"].application.pk]) for row in done],
    }
    return render(request, "load/outcome.html", shown)


def _rows(request: SignedInRequest, tried: Sequence[tuple[Move, Attempt]]) -> list[dict[str, Any]]:
    rows = []
    for move, came in tried:
        title, text = (
            ("", "") if came.done else (_("出了故障，没有写入"), _("已记入系统日志，可以再办一次。"))
        )
        if came.refusal is not None:
            title, text = words_of(request, came.refusal)
        rows.append({"move": move, "done": came.done, "title": title, "text": text})
    return rows


def _value(move: Move, sequence: int | None = None) -> str:
    seen = move.seen.public_id if move.seen else None
    return MovesForm.value_of(move.application.public_id, move.to.public_id, seen, sequence)
