"""Public notices, and objecting to a studio on one. No account is needed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.objection import ObjectionForm
from accreditation.forms.problems import show_problems
from accreditation.models import Application, Notice, Objection
from accreditation.queries import notices as queries
from accreditation.services.notice import file_objection
from accreditation.views.paging import page_of
from accreditation.views.refusing import refused
from accreditation.views.telling import Way, refusal
from accreditation.views.throttle import OBJECTIONS
from certificates.limits import client_network
from workflows.refusals import NotReady, Refused
from workflows.working_days import calendar_strip


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, the newest first; those that still run say how long."""
    today = timezone.localdate()
    page = page_of(request, queries.all_notices())
    rows = [
        {"notice": one, "is_running": one.last_day >= today, "days_left": queries.days_left(one, today)}
        for one in page.object_list
    ]
    return render(request, "public/notices.html", {"page": page, "rows": rows})


@require_safe
def notice(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The studios on a notice, its days, and how to object."""
    shown = get_object_or_404(Notice.objects.select_related("cycle__city"), public_id=public_id)
    today = timezone.localdate()
    groups = queries.announced(shown, today)
    context = {
        "notice": shown,
        "groups": groups,
        "count": sum(len(group.rows) for group in groups),
        "strip": calendar_strip(shown.first_day, shown.last_day),
        "today": today,
        "days_left": queries.days_left(shown, today),
        "is_running": shown.last_day >= today,
        "may_object": any(row.may_object for group in groups for row in group.rows),
    }
    return render(request, "public/notice.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, public_id: UUID, application_id: UUID) -> HttpResponse:
    """File an objection to one studio of a notice."""
    rows = Application.objects.select_related("studio", "enterprise", "notice__cycle")
    application = get_object_or_404(rows, public_id=application_id, notice__public_id=public_id)
    ways = [(_("公示页"), reverse("notice", args=[public_id]))]
    if not queries.takes_objections(application, timezone.localdate()):
        return _too_late(request, application, ways)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if known := queries.same_objection(application, **form.cleaned_data):
            return redirect("objection-received", known.public_id)
        if OBJECTIONS.is_reached(client_network(request)):
            text = _("一小时后再试，或者按公示上的联系方式提出。")
            return refusal(
                request,
                status=429,
                title=_("提交过于频繁"),
                text=text,
                ways=ways,
                kept=form.cleaned_data["grounds"],
            )
        OBJECTIONS.count(client_network(request))
        try:
            file_objection(application, at=timezone.now(), **form.cleaned_data)
        except NotReady as refused_by:
            show_problems(form, refused_by)
        except Refused as refused_by:
            return refused(request, refused_by, kept=form.cleaned_data["grounds"], ways=ways)
        else:
            filed = queries.same_objection(application, **form.cleaned_data)
            return redirect("objection-received", filed.public_id) if filed else redirect("notice", public_id)
    context = {"application": application, "notice": application.notice, "form": form}
    return render(request, "public/objection.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_safe
def objection_received(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What became of an objection, for whoever holds its reference: never who objected, or why."""
    rows = Objection.objects.select_related("application__studio", "notice")
    return render(
        request, "public/objection_received.html", {"objection": get_object_or_404(rows, public_id=public_id)}
    )


def _too_late(request: HttpRequest, application: Application, ways: list[Way]) -> HttpResponse:
    """Say that the notice is over, or that this studio is on it no more; what was written is kept."""
    title = (
        _("公示期已满，不再受理异议")
        if application.state in queries.PASSED
        else _("这个工作室现在不在公示中")
    )
    if application.state == "public_notice":
        title = _("公示期已满，不再受理异议")
    text = _("%(name)s不能再提出异议。其他问题按公示上的联系方式反映。") % {"name": application.studio.name}
    return refusal(
        request, status=409, title=title, text=text, ways=ways, kept=request.POST.get("grounds", "")
    )
