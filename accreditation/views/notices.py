"""The office's side of public notices: announce what is listed, rule on objections."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.face.dates import month_day
from accreditation.forms.notice import NoticeForm, RulingForm
from accreditation.forms.picks import Pick
from accreditation.forms.problems import show_problems
from accreditation.models import Application, Cycle
from accreditation.permissions import DECIDE, has_grant
from accreditation.queries import notices as queries
from accreditation.queries.cycle_overview import run_cycles
from accreditation.services.notice import dismiss_objection, publish_notice, uphold_objection
from accreditation.services.review import reject
from accreditation.states import State
from accreditation.views.paging import page_of
from accreditation.views.panel import decided_application
from accreditation.views.refusing import posted_version, refused
from accreditation.views.telling import told
from accreditation.work import acting_as, acting_at
from workflows.refusals import NotReady, Refused
from workflows.working_days import calendar_strip, notice_period, working_days_in


def run_by(request: HttpRequest, code: str) -> Cycle:
    """Return a cycle that the user runs, or stands in for who does; to everybody else it is not there."""
    user: Any = request.user
    return get_object_or_404(run_cycles(user, timezone.now()), code=code)


def set_up_by(request: HttpRequest, code: str) -> Cycle:
    """Return a cycle that is the user's own to set up. Who only stands in is told that this stays with the principal.

    Raises PermissionDenied, Http404.
    """
    cycle, user = run_by(request, code), request.user
    if not has_grant(user, DECIDE, cycle.city):  # type: ignore[arg-type]
        raise PermissionDenied(_("批次的设置和版本由本人改动，代理人不能代为改动。"))
    return cycle


def chosen_of(cycle: Cycle, picks: list[Pick]) -> list[Application]:
    """Return the picked applications of the cycle. What is not in the cycle is not there at all: 404."""
    versions = {pick.public_id: pick.version for pick in picks}
    chosen = queries.picked(cycle, versions)
    if len(chosen) != len(versions):
        raise Http404
    return chosen


def pickable(waiting: Iterable[Application], form: BaseForm) -> list[dict[str, Any]]:
    """Return the rows of a table to pick from: all ticked at first, then as they were sent."""
    sent = set(form.data.getlist("applications")) if form.is_bound else None  # type: ignore[attr-defined]
    values = [(application, f"{application.public_id}:{application.version}") for application in waiting]
    return [
        {"application": application, "value": value, "picked": sent is None or value in sent}
        for application, value in values
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notice_list(request: HttpRequest, code: str) -> HttpResponse:
    """Choose among the listed applications and announce them together."""
    user: Any = request.user
    cycle, at = run_by(request, code), timezone.now()
    title = f"关于拟命名{cycle.title}的公示"  # untranslated: the title of a Chinese document
    form = NoticeForm(request.POST if request.method == "POST" else None, initial={"title": title})
    if form.is_valid():
        given = form.cleaned_data
        chosen = chosen_of(cycle, given["applications"])
        try:
            notice = publish_notice(
                cycle=cycle,
                applications=chosen,
                title=given["title"],
                contact=given["contact"],
                by=acting_at(user, cycle.city, at),
                at=at,
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[(_("拟公示名单"), request.path)], kept=_said(given))
        else:
            messages.success(
                request,
                told(
                    _("已公示%(count)d个工作室") % {"count": len(chosen)},
                    _("期满无异议的自动进入命名。"),
                    (_("查看公示页"), reverse("notice", args=[notice.public_id])),
                ),
            )
            return redirect("cycle", cycle.code)
    period = notice_period(at, cycle.notice_days)
    context = {
        "cycle": cycle,
        "form": form,
        "rows": pickable(queries.waiting_for_notice(cycle), form),
        "period": period,
        "strip": calendar_strip(period.first, period.last),
        "today": timezone.localdate(at),
    }
    return render(request, "office/notice_list.html", context, status=422 if form.is_bound else 200)


def _said(given: dict[str, Any]) -> str:
    return f"{given['title']}\n{given['contact']}"


@login_required
@require_safe
def rulings(request: HttpRequest, code: str) -> HttpResponse:
    """The open objections of a cycle, and those that were ruled on."""
    cycle = run_by(request, code)
    context = {
        "cycle": cycle,
        "waiting": page_of(request, queries.objected(cycle)),
        "ruled": page_of(request, queries.ruled_objections(cycle), "ruled"),
    }
    return render(request, "office/rulings.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ruling(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Rule on the open objections to one application."""
    application = decided_application(request, public_id)
    if request.method != "POST" and not application.objections.exists():
        raise Http404
    form = RulingForm(
        request.POST if request.method == "POST" else None,
        consequences=_consequences(application, timezone.now()),
    )
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            RULE[form.cleaned_data["outcome"]](
                application,
                by=acting_as(request.user, application, timezone.now()),  # type: ignore[arg-type]
                at=timezone.now(),
                expected_version=posted_version(request),
                reason=reason,
            )
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            ways = [(_("异议处理"), reverse("rulings", args=[application.cycle.code]))]
            return refused(request, refusal, kept=reason, ways=ways)
        else:
            outcome = dict(RulingForm.OUTCOMES)[form.cleaned_data["outcome"]]
            said = {"name": application.studio.name, "outcome": outcome}
            messages.success(
                request, told(_("%(name)s：%(outcome)s") % said, _("提出人凭受理编号可以查看结果。"))
            )
            if has_grant(request.user, DECIDE, application.city):  # type: ignore[arg-type]
                return redirect("rulings", application.cycle.code)
            return redirect("review", application.public_id)
    context = {
        "application": application,
        "form": form,
        "objections": application.objections.select_related("ruled_by").order_by("filed_at"),
        "is_open": application.state == State.OBJECTION,
    }
    return render(request, "office/ruling.html", context, status=422 if form.is_bound else 200)


RULE: dict[str, Any] = {
    RulingForm.DISMISS: dismiss_objection,
    RulingForm.UPHOLD: uphold_objection,
    RulingForm.REJECT: reject,
}


def _consequences(application: Application, at: Any) -> dict[str, str]:
    """Return what follows from each ruling; the days left go on from today."""
    days = application.notice_days_left
    if days is None:
        return {}
    last = notice_period(at, days).last
    said = {"days": working_days_in(timezone.localdate(at), last), "last": month_day(last, at.year)}
    return {
        RulingForm.DISMISS: _("公示继续，余下%(days)d个工作日，至%(last)s") % said,
        RulingForm.UPHOLD: _("撤下公示，回到审定环节重新决定"),
        RulingForm.REJECT: _("撤下公示，本批次不再推荐"),
    }
