"""The public register of designated studios."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accreditation.models import Organisation, StudioLevel
from accreditation.queries import register as queries
from accreditation.queries import yearbook
from accreditation.queries.public_profile import public_profile
from accreditation.queries.register import STANDINGS, Order, Wanted
from accreditation.queries.register_counts import counts_by_district
from accreditation.views.paging import page_of
from accreditation.views.searching import sought
from certificates.standing import Standing

ASKED_FOR = (Standing.VALID, Standing.PENDING, Standing.EXPIRED, Standing.REVOKED)
"""How a certificate can stand that somebody looks for."""

RESULTS = (
    ("topics", gettext_lazy("课题"), "项"),  # untranslated: a unit
    ("patents", gettext_lazy("专利"), "项"),  # untranslated: a unit
    ("awards", gettext_lazy("获奖"), "项"),  # untranslated: a unit
    ("conversions", gettext_lazy("成果转化"), "项"),  # untranslated: a unit
    ("benefit", gettext_lazy("经济效益"), "万元"),  # untranslated: a unit
    ("people", gettext_lazy("培训"), "人次"),  # untranslated: a unit
    ("promoted", gettext_lazy("技能晋升"), "人"),  # untranslated: a unit
)
"""The results that a studio's page shows, with their units."""


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Search, the chart of districts, the table."""
    wanted = asked(request)
    counts = counts_by_district()
    bodies = list(queries.districts_with_studios())
    context = {
        "wanted": wanted,
        "page": page_of(request, queries.find(wanted, timezone.now())),
        "chart": [{**row, "groups": groups(row)} for row in counts],
        "total": sum(row["count"] for row in counts),
        "choices": choices(wanted, bodies),
        "orders": Order.choices,
        "conditions": conditions(wanted, bodies),
        "yearbooks": yearbook.years(timezone.localdate()),
    }
    return render(request, "public/register.html", context)


@require_safe
def studio(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A designated studio, its results, and its five goods in brief."""
    at = timezone.now()
    rows = queries.in_register(at).select_related("application")
    designation = get_object_or_404(rows, studio__public_id=public_id)
    earlier = designation.studio.designations.exclude(pk=designation.pk)
    profile = public_profile(designation)
    results = profile["results"]
    context = {
        "designation": designation,
        "profile": profile,
        "results": [(label, results[name], unit) for name, label, unit in RESULTS if results[name]],
        "earlier": queries.with_standing(earlier, at),
    }
    return render(request, "public/studio.html", context)


def asked(request: HttpRequest) -> Wanted:
    """Read what is looked for; what cannot be read asks for nothing."""
    year = sought(request, "year")
    level, state, sort = (sought(request, name) for name in ("level", "state", "sort"))
    return Wanted(
        q=sought(request),
        district=sought(request, "district"),
        industry=sought(request, "industry"),
        level=level if level in StudioLevel.values else "",
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        state=state if state in ASKED_FOR else "",
        sort=sort if sort in Order.values else "",
    )


def choices(wanted: Wanted, bodies: list[Organisation]) -> list[dict[str, Any]]:
    """Return the selections of the form: `name`, `label`, `options` as (value, word), and what is `chosen`."""
    years = [(year, _("%(year)s年") % {"year": year}) for year in queries.years_of_naming()]
    listed: list[tuple[str, str, list[Any]]] = [
        ("district", _("区县、产业或集团"), [(body.code, body.label) for body in bodies]),
        ("industry", _("行业"), [(one, one) for one in queries.industries()]),
        ("level", _("级别"), StudioLevel.choices),
        ("year", _("命名年份"), years),
        ("state", _("证书状态"), [(one.value, STANDINGS[one]) for one in ASKED_FOR]),
    ]
    return [
        {"name": name, "label": label, "options": options, "chosen": getattr(wanted, name)}
        for name, label, options in listed
    ]


def conditions(wanted: Wanted, bodies: list[Organisation]) -> list[str]:
    """Return in words what the register is narrowed to."""
    district = next((body.name for body in bodies if body.code == wanted.district), wanted.district)
    words = [
        _("“%(words)s”") % {"words": wanted.q} if wanted.q else "",
        district,
        wanted.industry,
        str(StudioLevel(wanted.level).label) if wanted.level else "",
        _("%(year)s年") % {"year": wanted.year} if wanted.year else "",
        str(STANDINGS[wanted.state]) if wanted.state else "",
    ]
    return [word for word in words if word]


def groups(row: dict[str, int]) -> list[tuple[str, int, str]]:
    """Return a district's squares, from the highest level."""
    return [
        ("gold", row["gold"], _("市级示范")),
        ("ink", row["ink"], _("市级")),
        ("open", row["open"], _("区县级")),
    ]
