"""批量: what a decision will do to each of the picked applications, and what came of it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.forms.batch import DOING, WORDS, BatchForm, is_signed, reason_name
from accreditation.forms.picks import Pick
from accreditation.models import Application
from accreditation.scope import visible_applications
from accreditation.services.batch import Item, carry_out
from accreditation.services.batch_preview import Line, preview
from accreditation.services.one_by_one import Attempt
from accreditation.views.desk import desk_or_404
from accreditation.views.refusing import said_twice, words_of
from accreditation.views.signed_in import SignedInRequest

JOINED = ("cycle", "studio", "enterprise", "union", "district", "city")
"""What a line says of an application; the form's long texts stay in the database."""
SHOWN = (
    "public_id", "version", "state", "sequence", "number", "revision_number", "total", "owed_to",
    "process_version", "rubric", "recommended_at",
    "cycle__level", "cycle__process_version", "studio__name", "enterprise__name", "enterprise__short_name",
    "union__name", "union__short_name", "district__name", "district__short_name",
    "city__name", "city__short_name",
)  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: SignedInRequest) -> HttpResponse:
    """Show what will happen; the second press, `act=sign`, does it. Only the second one writes."""
    desk_or_404(request)
    sent = request.POST if request.method == "POST" else request.GET
    form = BatchForm(sent)
    if request.method != "POST" and not sent.getlist("applications"):
        return render(request, "batch/empty.html")
    if not form.is_valid():
        problems = [error for errors in form.errors.values() for error in errors]
        return render(request, "batch/empty.html", {"problems": problems}, status=422)
    found = chosen(request, form.cleaned_data["applications"])
    form.offer(found)
    form.full_clean()
    if request.method == "POST" and request.POST.get("act") == "sign":
        return _sign(request, form, found)
    return _preview(request, form, found)


def chosen(request: SignedInRequest, picks: Sequence[Pick]) -> list[Application]:
    """Return the picked applications that the user may see, in the order of the picks."""
    seen = visible_applications(request.user).filter(public_id__in=[pick.public_id for pick in picks])
    found = {one.public_id: one for one in seen.select_related(*JOINED).only(*SHOWN)}
    return [found[pick.public_id] for pick in picks if pick.public_id in found]


def _preview(
    request: SignedInRequest, form: BatchForm, found: Sequence[Application], status: int = 200
) -> HttpResponse:
    """Show the lines; while nothing was signed yet there is nothing to reproach."""
    decision = form.cleaned_data["decision"]
    lines = preview(decision, found, desk_or_404(request))
    if status == 200:
        form.errors.clear()
    possible = [line for line in lines if line.is_possible]
    shown = {
        "form": form,
        "decision": decision,
        "word": WORDS[decision],
        "button": DOING[decision],
        "is_signed": is_signed(decision),
        "rows": [(line, form[reason_name(line.application)], _value(form, line)) for line in possible],
        "refused": [line for line in lines if not line.is_possible],
        "count": len(possible),
        "missing": len(form.cleaned_data["applications"]) - len(found),
    }
    return render(request, "batch/preview.html", shown, status=status)


def _value(form: BatchForm, line: Line) -> str:
    """Return the pick as this page shows it: signed again after a fault, it keeps the version seen first."""
    seen = {pick.public_id: pick.version for pick in form.cleaned_data["applications"]}
    version = seen[line.application.public_id] or line.application.version
    return f"{line.application.public_id}:{version}"


def _sign(request: SignedInRequest, form: BatchForm, found: Sequence[Application]) -> HttpResponse:
    decision = form.cleaned_data["decision"]
    if not form.is_valid() or (is_signed(decision) and not form.ask_for_reasons(found)):
        return _preview(request, form, found, status=422)
    versions = {pick.public_id: pick.version for pick in form.cleaned_data["applications"]}
    items = [Item(one, versions[one.public_id], form.reason_of(one)) for one in found]
    tried = carry_out(decision, items, by=request.user, at=timezone.now())
    fresh = Application.objects.filter(pk__in=[one.pk for one in found]).select_related(*JOINED).only(*SHOWN)
    now = {one.pk: one for one in fresh}
    rows = [outcome_row(request, decision, item, came, now[item.application.pk]) for item, came in tried]
    shown = {
        "decision": decision,
        "word": WORDS[decision],
        "reason": form.cleaned_data["reason"],
        "done": [row for row in rows if row["done"]],
        "again": [row for row in rows if not row["done"]],
        "count": len(rows),
    }
    return render(request, "batch/outcome.html", shown)


def outcome_row(
    request: SignedInRequest, decision: str, item: Item, came: Attempt, application: Application
) -> dict[str, Any]:
    """Return one line of the outcome. A repetition of what the user did already counts as done: it was written."""
    row: dict[str, Any] = {"application": application, "reason": item.reason, "done": came.done}
    row["people"] = item.people
    row["is_proposed"] = getattr(came.result, "action", "") == "propose"
    if came.refusal is not None:
        row["title"], row["text"] = words_of(request, came.refusal)
        repeated = said_twice(request, came.refusal) and getattr(came.refusal, "action", "") == decision
        row["done"] = repeated
    elif not came.done:
        row["title"], row["text"] = _("出了故障，没有写入"), _("已记入系统日志，可以再办一次。")
    return row
