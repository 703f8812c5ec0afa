"""抄送 of several applications at once: choose people, read who gets which, and what came of each."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.picks import Pick, Planned
from accreditation.forms.tasks import CopiesForm, SignCopiesForm
from accreditation.models import Application, User
from accreditation.queries.copies import offices_of_all, people_of, unable_to_read
from accreditation.services.batch import COPY, MOST, Item, carry_out
from accreditation.services.batch_preview import preview
from accreditation.views.batch import chosen, outcome_row
from accreditation.views.desk import desk_or_404
from accreditation.views.signed_in import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copies(request: SignedInRequest) -> HttpResponse:
    """Choose whom to copy to; the first press shows who gets what, the second, `act=sign`, does it."""
    desk_or_404(request)
    sent = request.POST if request.method == "POST" else request.GET
    act = request.POST.get("act", "")
    signed = SignCopiesForm(request.POST if act == "sign" else None)
    if signed.is_valid():
        return _sign(request, signed)
    form = CopiesForm(sent)
    form.offer([])
    form.full_clean()
    picks: Sequence[Pick] = form.cleaned_data.get("applications", [])[:MOST]
    found = chosen(request, picks)
    if not found:
        return render(request, "batch/empty.html")
    offered = people_of(offices_of_all(found), request.user)
    form.offer([person for person, _place in offered])
    form.full_clean()
    if (act == "preview" and form.is_valid()) or signed.is_bound:
        return _preview(request, form, found, signed)
    context = {
        "form": form,
        "found": found,
        "offered": offered,
        "sent": set(request.POST.getlist("people")),
        "is_checked": act == "preview",
    }
    if act != "preview":
        form.errors.clear()
    return render(request, "batch/copy.html", context, status=422 if act == "preview" else 200)


def _preview(
    request: SignedInRequest, form: CopiesForm, found: Sequence[Application], signed: SignCopiesForm
) -> HttpResponse:
    people = form.chosen() if form.is_valid() else []
    unable = unable_to_read(found, people)
    rows, refused = [], []
    for line in preview(COPY, found, desk_or_404(request)):
        one = line.application
        able = [person for person in people if (one.pk, person.pk) not in unable]
        out = [
            _("%(name)s%(reason)s") % {"name": person.name, "reason": unable[one.pk, person.pk]}
            for person in people
            if (one.pk, person.pk) in unable
        ]
        if line.why or not able:
            refused.append((line, out))
        else:
            value = Planned(Pick(one.public_id, one.version), [person.public_id for person in able]).value
            rows.append((line, able, out, value))
    context = {"form": form, "signed": signed, "rows": rows, "refused": refused}
    return render(request, "batch/copy_preview.html", context, status=422 if signed.is_bound else 200)


def _sign(request: SignedInRequest, signed: SignCopiesForm) -> HttpResponse:
    planned: Sequence[Planned] = signed.cleaned_data["copies"][:MOST]
    wanted: dict[UUID, Planned] = {one.pick.public_id: one for one in planned}
    keys = {key for one in planned for key in one.people}
    people: dict[UUID, User] = User.objects.in_bulk(keys, field_name="public_id")
    if keys - people.keys():
        raise Http404
    note = signed.cleaned_data["note"]
    items = [
        Item(
            one,
            wanted[one.public_id].pick.version,
            note,
            [people[key] for key in wanted[one.public_id].people],
        )
        for one in chosen(request, [one.pick for one in planned])
    ]
    tried = carry_out(COPY, items, by=request.user, at=timezone.now())
    rows = [outcome_row(request, COPY, item, came, item.application) for item, came in tried]
    context = {
        "title": _("抄送的结果"),
        "back": (_("待办"), reverse("desk")),
        "again_page": reverse("desk"),
        "done": [row for row in rows if row["done"]],
        "again": [row for row in rows if not row["done"]],
        "count": len(rows),
    }
    return render(request, "batch/given.html", context)
