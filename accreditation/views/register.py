"""The public register of designated studios."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.models import StudioLevel
from accreditation.queries import register as queries
from accreditation.views.paging import page_of
from accreditation.views.searching import sought


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Search, the chart of districts, the table."""
    wanted = asked(request)
    page = page_of(request, queries.find(wanted))
    counts = queries.counts_by_district()
    context = {
        "wanted": wanted,
        "page": page,
        "chart": [{**row, "groups": groups(row)} for row in counts],
        "total": sum(row["count"] for row in counts),
        "districts": queries.districts_with_studios(),
        "years": queries.years_of_naming(),
        "levels": StudioLevel.choices,
        "today": timezone.localdate(),
    }
    return render(request, "public/register.html", context)


@require_safe
def studio(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A designated studio and its five goods in brief."""
    rows = queries.in_register().select_related("decision", "application")
    designation = get_object_or_404(rows, studio__public_id=public_id)
    earlier = designation.studio.designations.exclude(pk=designation.pk).select_related("decision")
    context = {
        "designation": designation,
        "studio": designation.studio,
        "profile": queries.public_profile(designation),
        "earlier": earlier,
        "today": timezone.localdate(),
    }
    return render(request, "public/studio.html", context)


def asked(request: HttpRequest) -> queries.Wanted:
    """Read what is looked for; what cannot be read asks for nothing."""
    year = request.GET.get("year", "")
    level = request.GET.get("level", "")
    return queries.Wanted(
        words=sought(request),
        district=sought(request, "district"),
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        level=level if level in StudioLevel.values else "",
    )


def groups(row: dict[str, int]) -> list[tuple[str, int, str]]:
    """Return a district's squares, from the highest level."""
    return [
        ("gold", row["gold"], _("市级示范")),
        ("ink", row["ink"], _("市级")),
        ("open", row["open"], _("区县级")),
    ]
