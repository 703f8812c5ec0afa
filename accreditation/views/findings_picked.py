"""Several findings examined with one note: first the list of what was picked, then each with its own event."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accreditation.forms.findings import ExamineForm
from accreditation.models import Finding
from accreditation.queries.findings.listing import JOINED, Row, in_words
from accreditation.services.examining import MOST, examine_many
from accreditation.services.one_by_one import Attempt
from accreditation.views.findings import seen_by
from accreditation.views.refusing import words_of
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def findings_examine(request: SignedInRequest) -> HttpResponse:
    """Show what was picked, with one note for all; sent, examine each."""
    picked = _picked(request)
    rows = in_words(picked, request.user)
    if request.method != "POST":
        return _page(request, rows, ExamineForm())
    form = ExamineForm(request.POST)
    chosen = [row.finding for row in rows if row.may_pick]
    if len(chosen) > MOST:
        said = {"most": MOST, "count": len(chosen)}
        form.add_error(None, _("一次最多核查%(most)d条，选了%(count)d条，分几次核查") % said)
    if not form.is_valid() or not chosen:
        return _page(request, rows, form, status=422)
    came = examine_many(chosen, by=request.user, at=timezone.now(), note=form.cleaned_data["note"])
    return _outcome(request, rows, dict(zip([one.pk for one in chosen], came, strict=True)), form)


def _outcome(
    request: SignedInRequest, rows: Sequence[Row], came: dict[int, Attempt], form: ExamineForm
) -> HttpResponse:
    """Lead back to the list; where some were refused, show these with the note, to be sent again."""
    count = sum(one.done for one in came.values())
    said = ngettext("已核查%(count)d条疑点", "已核查%(count)d条疑点", count) % {"count": count}
    if count:
        messages.success(request, told(said, _("每一条都有单独的记录，都可以撤销。")))
    again = [row for row in rows if row.finding.pk in came and not came[row.finding.pk].done]
    if not again:
        return redirect("findings")
    why = {row.finding.pk: _why(request, came[row.finding.pk]) for row in again}
    fresh = {one.pk: one for one in _again([row.finding.pk for row in again])}
    now = in_words([fresh[row.finding.pk] for row in again], request.user)
    return _page(request, now, form, why=why, status=409)


def _why(request: SignedInRequest, came: Attempt) -> str:
    if came.refusal is None:
        return _("出了故障，没有写入；已记入系统日志，可以再办一次。")
    title, _text = words_of(request, came.refusal)
    return title


def _page(
    request: SignedInRequest,
    rows: Sequence[Row],
    form: ExamineForm,
    *,
    why: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    said = [(row, (why or {}).get(row.finding.pk, "")) for row in rows]
    context = {
        "rows": [(row, text) for row, text in said if row.may_pick],
        "others": [(row, text) for row, text in said if not row.may_pick],
        "form": form,
    }
    return render(request, "audit/findings_examine.html", context, status=status)


def _picked(request: SignedInRequest) -> list[Finding]:
    """Return those of the picked findings that lie in the reader's branch, the latest first."""
    sent = request.POST if request.method == "POST" else request.GET
    keys = {key for text in sent.getlist("finding") if (key := _uuid(text))}
    rows = seen_by(request).filter(public_id__in=list(keys)[: 2 * MOST]).select_related(*JOINED)
    return list(rows.order_by("-happened_at", "-pk"))


def _again(keys: Sequence[int]) -> list[Finding]:
    return list(Finding.objects.filter(pk__in=keys).select_related(*JOINED))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
