"""The city's meeting: the list that lies before it, and its decisions as they are entered, shown and signed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.meetings import MeetingForm, named_in, proposed
from accreditation.forms.problems import show_problems
from accreditation.models import Cycle
from accreditation.queries import meetings as queries
from accreditation.queries.cycle_overview import total_line
from accreditation.services.meetings import Outcome, foresee, hold_meeting
from accreditation.views.notices import run_by
from accreditation.views.refusing import refused, words_of
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from accreditation.work import acting_at
from workflows.refusals import NotReady, Refused


@login_required
@require_safe
def meeting_list(request: SignedInRequest, code: str) -> HttpResponse:
    """The candidates of a cycle, to be read or printed: totals, ranks, what the districts would get."""
    cycle = run_by(request, code)
    asked = request.GET.get("sort", "")
    sort = asked if asked in queries.SORTS else queries.SORTS[0]
    listed = queries.candidates(cycle, sort)
    passing = [one.application.pk for one in listed if one.is_open and one.passes]
    context = {
        "cycle": cycle,
        "candidates": listed,
        "sort": sort,
        "sorts": [("total", _("按总分")), ("district", _("按推荐单位")), ("name", _("按名称"))],
        "line": total_line(cycle),
        "waiting": sum(one.is_open for one in listed),
        "passing": len(passing),
        "balance": queries.balance(cycle, listed, passing),
        "meetings": queries.meetings_of(cycle),
        "today": timezone.localdate(),
    }
    return render(request, "meetings/list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Enter a meeting: the first press shows what will happen, the second signs it."""
    cycle = run_by(request, code)
    if request.method != "POST":
        return _draft(request, cycle, _blank(request, cycle))
    applications = queries.before_the_meeting(cycle, named_in(request.POST))
    form = MeetingForm(request.POST, applications=applications)
    act = request.POST.get("act")
    if act == "back" or not form.is_valid():
        return _draft(request, cycle, form)
    if act != "sign":
        return _preview(request, cycle, form)
    return _sign(request, cycle, form)


def _blank(request: SignedInRequest, cycle: Cycle) -> MeetingForm:
    """Return the form as it is first shown; `?propose=approve` fills in 列入 for all above the lines."""
    applications = list(queries.before_the_meeting(cycle, ()))
    above: list[int] = []
    if request.GET.get("propose") == "approve":
        above = [one.application.pk for one in queries.candidates(cycle) if one.is_open and one.passes]
    initial = {"title": _title(cycle), "held_on": timezone.localdate()} | proposed(applications, above)
    return MeetingForm(applications=applications, initial=initial)


def _title(cycle: Cycle) -> str:
    return f"{cycle.title}审定会"  # untranslated: the title of a Chinese document


def _draft(request: SignedInRequest, cycle: Cycle, form: MeetingForm) -> HttpResponse:
    """Show the form with the candidates in their order of rank; those that have moved on since come last."""
    judged = {one.application.pk: one for one in queries.candidates(cycle)}
    places = {pk: one.ranked.number for pk, one in judged.items()}
    entered = sorted(form.rows(), key=lambda row: places.get(row[0].pk, len(places) + 1))
    rows = [{"application": one, "candidate": judged.get(one.pk), "fields": row} for one, row in entered]
    wrong = form.is_bound and request.POST.get("act") != "back" and form.errors
    context = {"cycle": cycle, "form": form, "rows": rows, "is_checked": bool(wrong)}
    return render(request, "meetings/new.html", context, status=422 if wrong else 200)


def _preview(request: SignedInRequest, cycle: Cycle, form: MeetingForm) -> HttpResponse:
    outcomes = foresee(form.resolutions(), by=request.user, at=timezone.now())
    possible = [one for one in outcomes if one.event]
    chosen = [one.application.pk for one in possible if one.resolution.decision == "approve"]
    context = {
        "cycle": cycle,
        "form": form,
        "given": form.cleaned_data,
        "possible": possible,
        "refused": [_refusal(request, one) for one in outcomes if not one.event],
        "left": len(form.applications) - len(outcomes),
        "counts": _counts(possible),
        "balance": queries.balance(cycle, queries.candidates(cycle), chosen),
        "approving": len(chosen),
    }
    return render(request, "meetings/preview.html", context)


def _sign(request: SignedInRequest, cycle: Cycle, form: MeetingForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        meeting, outcomes = hold_meeting(
            cycle,
            form.resolutions(without=request.POST.getlist("left")),
            public_id=given["meeting"],
            title=given["title"],
            held_on=given["held_on"],
            people=given["people"],
            reason=given["reason"],
            by=acting_at(request.user, cycle.city, timezone.now()),
            at=timezone.now(),
        )
    except NotReady as refusal:
        show_problems(form, refusal)
        return _draft(request, cycle, form)
    except Refused as refusal:
        return refused(request, refusal, kept=given["reason"], ways=[(_("录入会议决定"), request.path)])
    tell_outcomes(request, outcomes)
    return redirect("meeting", cycle.code, meeting.public_id)


def tell_outcomes(request: SignedInRequest, outcomes: list[Outcome]) -> None:
    """Say how many decisions were taken, and of each that was not, why."""
    if not outcomes:
        messages.info(request, told(_("这次会议已经录入过"), _("重复的提交没有写入。"), shape="alert"))
        return
    failed = [_refusal(request, one) for one in outcomes if not one.event]
    done = len(outcomes) - len(failed)
    if done:
        said = ngettext("已写入%(count)d件会议决定", "已写入%(count)d件会议决定", done) % {"count": done}
        messages.success(request, told(said, _("申报单位可看到理由。")))
    for one in failed:
        name = {"name": one["application"].studio.name, "title": one["title"]}
        messages.error(request, told(_("%(name)s未办：%(title)s") % name, one["text"], shape="alert"))


def _refusal(request: SignedInRequest, outcome: Outcome) -> dict[str, Any]:
    """Return why a decision is not taken, in words."""
    title, text = _("出了故障，没有写入"), _("已记入系统日志。可以再办一次。")
    if outcome.refusal is not None:
        title, text = words_of(request, outcome.refusal)
    return {
        "application": outcome.application,
        "resolution": outcome.resolution,
        "title": title,
        "text": text,
    }


def _counts(outcomes: list[Outcome]) -> dict[str, int]:
    decided = [one.resolution.decision for one in outcomes]
    return {decision: decided.count(decision) for decision in dict.fromkeys(decided)}
