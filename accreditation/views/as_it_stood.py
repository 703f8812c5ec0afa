"""当时的情况: an application as it stood at a moment of the past. Auditors only."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accreditation.face.answers import Section, sections
from accreditation.forms.moments import MomentForm
from accreditation.models import Application, Revision
from accreditation.queries import review as reading
from accreditation.queries.as_it_stood import AsItStood
from accreditation.queries.as_it_stood import as_it_stood as stood
from accreditation.queries.event_facts import UNFIT
from accreditation.queries.part import Part, readable_cards
from accreditation.queries.timeline import Entry, events_of, known_to
from accreditation.views.moments import until_words
from accreditation.views.review_page import file_item
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.timeline import seen


@login_required
@require_GET
def as_it_stood(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """State, holders, revision, panel, notice and certificate as they were then; without a moment, as they are now."""
    application, part = seen(request, public_id)
    if not part.audits:
        raise Http404
    now, events = timezone.now(), events_of(application.stream)
    asking = MomentForm(request.GET, now=now, events=events)
    if "event" in request.GET and asking.sequence is None:
        raise Http404
    moment, then = asking.asked(), None
    if not asking.is_refused:
        cards = readable_cards(application, request.user, part)
        until = moment.until if moment else now
        then = stood(application, until, events, cards, upto=asking.sequence)
    context = {
        "application": application,
        "asking": asking,
        "moment": moment,
        "until": until_words(moment),
        "then": then,
        "last": _last(application, part, then) if then else None,
        "sections": _document(application, then) if then else [],
    }
    return render(request, "audit/as_it_stood.html", context)


def _last(application: Application, part: Part, then: AsItStood) -> Entry | None:
    """Return the last thing that had happened, as an entry; None where the reader may not know of it."""
    known = known_to(application, part, (), [then.last]) if then.last else []
    return known[0] if known else None


def _document(application: Application, then: AsItStood) -> list[Section] | None:
    """Return what the revision in force says; None where its document cannot be read any more."""
    if not then.now.revision:
        return []
    try:
        view = reading.revision_view(application, then.now.revision)
    except (Revision.DoesNotExist, *UNFIT):
        return None
    return sections(
        view.document, {good.good.code: [file_item(file) for file in good.files] for good in view.goods}
    )
