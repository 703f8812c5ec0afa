"""The timeline of one application with its proof: for its auditors, and for its reviewers as far as they may know."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accreditation.context import offices
from accreditation.forms.audit import RecordSearch
from accreditation.forms.moments import Moment, MomentForm
from accreditation.models import Application
from accreditation.queries.as_it_stood import AsItStood, as_it_stood
from accreditation.queries.findings.listing import of_application
from accreditation.queries.part import Part, part_of
from accreditation.queries.proof import prove_record
from accreditation.queries.record import KINDS, Fold, Record, Wanted, folded, record_of
from accreditation.queries.review import with_all
from accreditation.queries.site_visits import visits_for
from accreditation.queries.timeline import Entry
from accreditation.scope import visible_applications
from accreditation.views.moments import until_words
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.timeline_lines import anchors, documents_of, is_after, lines, shown

LINES = 100
Item = Entry | Fold


@login_required
@require_GET
def timeline(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Everything that happened to an application; the record is calculated anew before it is shown.

    The address may name an event (`e`), whose page is shown then, or a moment (`at`), after which all is drawn pale.
    """
    application, part = seen(request, public_id)
    if not (part.audits or part.reviews):
        raise Http404
    now = timezone.now()
    form = RecordSearch(request.GET, kinds=KINDS if part.audits else KINDS[:2])
    record, wanted = record_of(application, request.user, part), form.wanted()
    asking = MomentForm(request.GET, now=now, events=record.events) if part.audits else None
    moment = asking.asked() if asking else None
    then = _then(application, record, moment) if moment else None
    page = _page(request, _items(record, wanted), then)
    named = request.GET.get("e", "")
    revisions = list(application.revisions.select_related("submitted_by"))
    proved = prove_record(application, record, revisions, shown(page.object_list))
    context = {
        "application": application,
        "part": part,
        "form": form,
        "wanted": wanted,
        "page": page,
        "lines": lines(page.object_list, proved.marks, documents_of(revisions), then=then, named=named),
        "proved": proved,
        "proof": proved.proof,
        "reads": len(record.read),
        "checked_at": now,
        "asking": asking,
        "moment": moment,
        "until": until_words(moment),
        "then": then,
        "revisions": revisions,
        "visits": len(visits_for(application, part)),
        "cards": [card for card in record.cards if card.submitted_at],
        "found": of_application(application, offices(request), request.user) if part.audits else (),
    }
    return render(request, "audit/timeline.html", context)


@login_required
@require_GET
def timeline_event(request: SignedInRequest, public_id: Any, event: str) -> HttpResponse:
    """The permanent address of one event (12; r12 of who opened files): leads to its place on the timeline."""
    seen(request, public_id)
    anchor = f"e{event}" if event.isdecimal() else event
    return redirect(f"{reverse('timeline', args=[public_id])}?e={anchor}#{anchor}")


def seen(request: SignedInRequest, public_id: Any) -> tuple[Application, Part]:
    """Return the application and the reader's part in it; 404 for who may not see it."""
    application = get_object_or_404(with_all(visible_applications(request.user)), public_id=public_id)
    return application, part_of(application, request.user, offices(request))


def _items(record: Record, wanted: Wanted) -> list[Item]:
    """Return what is looked for in the record, in the order of its page."""
    entries = [entry for entry in record.entries if wanted.has(entry)]
    items: list[Item] = list(entries) if wanted.kind == "readings" else folded(entries)
    return items[::-1] if wanted.newest_first else items


def _then(application: Application, record: Record, moment: Moment) -> AsItStood:
    return as_it_stood(application, moment.until, record.events, record.cards, upto=moment.sequence)


def _page(request: HttpRequest, items: Sequence[Item], then: AsItStood | None) -> Page[Item]:
    """Return the page that the address asks for: by its number, by an event in it, or by a moment."""
    pages, named = Paginator(items, LINES), request.GET.get("e")
    if "page" in request.GET:
        return pages.get_page(request.GET["page"])
    marked = [named in anchors(item) for item in items] if named else []
    if then is not None and not named:
        after = [is_after(item, then) for item in items]
        marked = [one != after[0] for one in after]
    return pages.get_page(marked.index(True) // LINES + 1 if True in marked else 1)
