"""Pages for everybody: the front page, districts with their figures, naming decisions."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.context import current_office, links
from accreditation.models import NamingDecision, Organisation
from accreditation.navigation import MAIN
from accreditation.queries import notices, register, statistics
from accreditation.queries.register_counts import counts_by_district, whole
from accreditation.queries.sitemap import PUBLIC_KINDS, public_bodies
from accreditation.views.paging import page_of
from certificates.configuration import configuration

NEWEST = 5


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Somebody with work to do is led to it; a visitor finds the register, the running notices and the check."""
    office = current_office(request)
    if office and (ways := links(MAIN, office, "")):
        return redirect(ways[0].address)
    at = timezone.now()
    today = timezone.localdate(at)
    running = notices.running_notices(today)[:NEWEST]
    context = {
        "running": [{"notice": notice, "days_left": notices.days_left(notice, today)} for notice in running],
        "newest": register.in_register(at)[:NEWEST],
        "decisions": notices.decisions()[:NEWEST],
        "today": today,
    }
    return render(request, "public/home.html", context)


@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """Every district, industry and group with its studios: the chart of the register as a table."""
    counts = counts_by_district()
    counted = {row["code"]: row for row in counts}
    page = page_of(request, public_bodies())
    rows = [
        {
            "body": body,
            "counted": whole(counts) if body.kind == Organisation.Kind.CITY else counted.get(body.code),
        }
        for body in page.object_list
    ]
    return render(request, "public/districts.html", {"page": page, "rows": rows})


@require_safe
def district(request: HttpRequest, code: str) -> HttpResponse:
    """What a district reported about itself, and its studios."""
    body = get_object_or_404(Organisation, code=code, kind__in=PUBLIC_KINDS)
    is_city = body.kind == Organisation.Kind.CITY
    wanted = register.Wanted(district="" if is_city else body.code)
    context = {
        "body": body,
        "is_city": is_city,
        "reports": statistics.reports_of(body),
        "page": page_of(request, register.find(wanted, timezone.now())),
    }
    return render(request, "public/district.html", context)


@require_safe
def decision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A signed naming decision with its list."""
    signed = get_object_or_404(NamingDecision.objects.select_related("cycle__city"), public_id=public_id)
    groups = notices.named_by(signed)
    context = {
        "decision": signed,
        "groups": groups,
        "count": sum(len(group.rows) for group in groups),
        "title": configuration().title,
    }
    return render(request, "public/decision.html", context)
