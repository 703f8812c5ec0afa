"""Panels for many applications of a cycle at once: choose, read who would sit where, sign; and end many scorings."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.context import desk as desk_of_request
from accreditation.forms.panels import ConcludeForm, PanelsForm, SignPanelsForm, WaitingSearch
from accreditation.forms.picks import Pick, Planned
from accreditation.models import Application, Cycle, User
from accreditation.queries import panels as queries
from accreditation.queries.panel import reviewers_of
from accreditation.scope import visible_applications
from accreditation.services.batch import MOST, Item, carry_out
from accreditation.services.one_by_one import Attempt
from accreditation.services.seating import (
    Panel,
    barred_from,
    cards_after,
    conclusions,
    seat_all,
    spread_seats,
)
from accreditation.views.batch import JOINED, SHOWN, outcome_row
from accreditation.views.notices import run_by
from accreditation.views.paging import page_of
from accreditation.views.signed_in import SignedInRequest

QUORUM = ("cycle__quorum",)
POSTS = ["GET", "HEAD", "POST"]


@login_required
@require_http_methods(POSTS)
def panels(request: SignedInRequest, code: str) -> HttpResponse:
    """Choose applications and experts; the first press shows the panels, the second, `act=sign`, convenes them."""
    cycle = run_by(request, code)
    sent = request.POST if request.method == "POST" else None
    form = PanelsForm(
        sent,
        experts=reviewers_of(cycle.city),
        quorum=cycle.quorum,
        initial={"experts": list(cycle.experts.values_list("public_id", flat=True))},
    )
    act = request.POST.get("act")
    signed = SignPanelsForm(sent if act == "sign" else None)
    if signed.is_valid():
        return _convene(request, cycle, signed.cleaned_data["panels"])
    if sent is None or act == "back" or not form.is_valid():
        return _choose(request, cycle, form)
    return _preview(request, cycle, form, signed)


def _choose(request: SignedInRequest, cycle: Cycle, form: PanelsForm) -> HttpResponse:
    search = WaitingSearch(request.GET, bodies=queries.bodies_waiting(cycle), auto_id="search_%s")
    narrowed = search.narrowed()
    found = queries.waiting(cycle, **narrowed).filter(pk__in=visible_applications(request.user).values("pk"))
    page = page_of(request, found.select_related(*JOINED).only(*SHOWN, *QUORUM), size=MOST)
    listed = list(page.object_list)
    picked = set(form.data.getlist("applications")) if form.is_bound else None  # type: ignore[attr-defined]
    values = [(one, f"{one.public_id}:{one.version}") for one in listed]
    wrong = form.is_bound and request.POST.get("act") != "back" and form.errors
    context = {
        "cycle": cycle,
        "form": form,
        "search": search,
        "is_narrowed": any(narrowed.values()),
        "rows": [
            {"application": one, "value": value, "picked": picked is None or value in picked}
            for one, value in values
        ],
        "page": page,
        "experts": _experts(form, listed),
        "is_checked": bool(wrong),
    }
    return render(request, "panels/choose.html", context, status=422 if wrong else 200)


def _experts(form: PanelsForm, listed: Sequence[Application]) -> list[dict[str, Any]]:
    """Return who can be chosen: the cards in their hands, and from how many of those listed they must keep out."""
    people: list[User] = list(form.fields["experts"].queryset)  # type: ignore[attr-defined]
    held, barred = queries.cards_in_hand(people), barred_from(listed, people)
    chosen = {str(one) for one in form["experts"].value() or ()}
    return [
        {
            "user": one,
            "held": held[one.pk],
            "barred": barred[one.pk],
            "is_chosen": str(one.public_id) in chosen,
        }
        for one in people
    ]


def _preview(
    request: SignedInRequest, cycle: Cycle, form: PanelsForm, signed: SignPanelsForm
) -> HttpResponse:
    given = form.cleaned_data
    picks: Sequence[Pick] = given["applications"]
    found = _found(request, cycle, [pick.public_id for pick in picks])
    experts, seats, desk = list(given["experts"]), form.seats_each, desk_of_request(request)
    planned = seat_all(found, experts, desk) if seats is None else spread_seats(found, experts, seats, desk)
    possible = [one for one in planned if not one.why]
    seen = {pick.public_id: pick.version for pick in picks}
    context = {
        "cycle": cycle,
        "form": form,
        "signed": signed,
        "rows": [(one, _planned(one, seen).value) for one in possible],
        "refused": [one for one in planned if one.why],
        "experts": cards_after(possible, experts),
        "missing": len(picks) - len(found),
    }
    return render(request, "panels/preview.html", context, status=422 if signed.is_bound else 200)


def _planned(panel: Panel, seen: Mapping[UUID, int]) -> Planned:
    public_id = panel.application.public_id
    return Planned(Pick(public_id, seen[public_id]), [expert.public_id for expert in panel.experts])


def _convene(request: SignedInRequest, cycle: Cycle, planned: Sequence[Planned]) -> HttpResponse:
    found = _found(request, cycle, [one.pick.public_id for one in planned])
    wanted = {one.pick.public_id: one for one in planned}
    keys = {key for one in planned for key in one.people}
    people = User.objects.in_bulk(keys, field_name="public_id")
    if keys - people.keys():
        raise Http404
    items = [
        Item(
            one,
            wanted[one.public_id].pick.version,
            people=[people[key] for key in wanted[one.public_id].people],
        )
        for one in found
    ]
    return _outcome(request, cycle, "convene", items)


@login_required
@require_http_methods(POSTS)
def concluding(request: SignedInRequest, code: str) -> HttpResponse:
    """What ending the scoring would do to each application with its quorum of cards; the button does it."""
    cycle = run_by(request, code)
    form = ConcludeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        picks: Sequence[Pick] = form.cleaned_data["applications"]
        versions = {pick.public_id: pick.version for pick in picks}
        found = _found(request, cycle, list(versions))
        return _outcome(request, cycle, "conclude", [Item(one, versions[one.public_id]) for one in found])
    seen = visible_applications(request.user).values("pk")
    ready = queries.concludable(cycle).filter(pk__in=seen)
    foreseen = conclusions(list(ready.select_related(*JOINED)), desk_of_request(request))
    possible = [one for one in foreseen if not one.why]
    context = {
        "cycle": cycle,
        "form": form,
        "rows": possible[:MOST],
        "refused": [one for one in foreseen if one.why][:MOST],
        "total": len(possible),
        "most": MOST,
    }
    return render(request, "panels/concluding.html", context, status=422 if form.is_bound else 200)


def _outcome(request: SignedInRequest, cycle: Cycle, decision: str, items: Sequence[Item]) -> HttpResponse:
    tried: list[tuple[Item, Attempt]] = carry_out(decision, items, by=request.user, at=timezone.now())
    fresh = Application.objects.filter(pk__in=[item.application.pk for item in items])
    now = {one.pk: one for one in _lean(fresh)}
    rows = [outcome_row(request, decision, item, came, now[item.application.pk]) for item, came in tried]
    title, again = (
        (_("组成专家组的结果"), "panels")
        if decision == "convene"
        else (_("结束评分的结果"), "panels-conclude")
    )
    context = {
        "title": title,
        "back": (cycle.title, reverse("cycle", args=[cycle.code])),
        "again_page": reverse(again, args=[cycle.code]),
        "word": _("评分已结束"),
        "done": [row for row in rows if row["done"]],
        "again": [row for row in rows if not row["done"]],
        "count": len(rows),
    }
    return render(request, "batch/given.html", context)


def _found(request: SignedInRequest, cycle: Cycle, keys: Sequence[UUID]) -> list[Application]:
    """Return those of the cycle that the user may see, in the order in which they were sent."""
    seen = visible_applications(request.user).filter(cycle=cycle, public_id__in=keys)
    found = {one.public_id: one for one in _lean(seen)}
    return [found[key] for key in keys if key in found]


def _lean(applications: Any) -> list[Application]:
    return list(applications.select_related(*JOINED).only(*SHOWN, *QUORUM))
