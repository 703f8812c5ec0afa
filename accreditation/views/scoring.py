"""An expert's own scorecard: keep it as a draft, look at the totals, hand it in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.context import offices
from accreditation.forms.review import CardForm, card_initial, comment_name, mark_name
from accreditation.models import Application, Scorecard
from accreditation.queries.desk_rows import next_for
from accreditation.queries.judging import marks_of
from accreditation.queries.part import Part
from accreditation.queries.review import view_of_document
from accreditation.rubric import Rubric
from accreditation.scorecards import card_document
from accreditation.scoring import CardTotal, needs_comment, total, validate_card
from accreditation.services import panel
from accreditation.states import State
from accreditation.views.refusing import posted_version, refused
from accreditation.views.review_page import page, review_or_404
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.ledger.chain import canonical, digest
from workflows.refusals import NotReady, Refused, Stale


@login_required
@require_http_methods(["GET", "POST"])
def scorecard(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """The expert's card beside the material. POST keeps it; `do=sign` goes on to the totals if nothing is missing."""
    application, part, card = _own_card(request, public_id)
    if request.method == "POST":
        return _keep(request, application, part, card)
    if card.submitted_at:
        return redirect("card", public_id=application.public_id, card_id=card.public_id)
    if application.state != State.PANEL_SCORING:
        return redirect("review", public_id=application.public_id)
    shown = page(request, application, part)
    form = CardForm(initial=card_initial(card), rubric=shown["rubric"])
    return render(request, "review/scorecard.html", _tally(shown, card, form, marks_of(card)))


@login_required
@require_http_methods(["GET", "POST"])
def sign(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """The saved card with its totals; POST hands it in, if it is still the card that was shown."""
    application, part, card = _own_card(request, public_id)
    shown = page(request, application, part)
    judged, comments = marks_of(card), _comments(card)
    if request.method == "GET":
        if card.submitted_at or application.state != State.PANEL_SCORING:
            return redirect("scorecard", public_id=application.public_id)
        if validate_card(shown["rubric"], judged, comments):
            return redirect("scorecard", public_id=application.public_id)
        return _totals(request, shown, card, judged, comments)
    ways = [(_("看评分卡"), reverse("scorecard", args=[application.public_id]))]
    try:
        if not card.submitted_at and request.POST.get("seen") != _digest(card):
            raise Stale(_("这张评分卡在别处改过。"))
        panel.score(
            application,
            by=request.user,
            at=timezone.now(),
            expected_version=posted_version(request),
            judged=judged,
            comments=comments,
        )
    except NotReady:
        return redirect("scorecard", public_id=application.public_id)
    except Refused as refusal:
        return refused(request, refusal, ways=ways)
    return _handed_in(request, application)


def _own_card(request: SignedInRequest, public_id: Any) -> tuple[Application, Part, Scorecard]:
    """Return the user's seat on the revision before the panel; whoever has none has no such page."""
    application, part = review_or_404(request, public_id)
    current = [card for card in part.own_cards if card.revision.number == application.revision_number]
    if not current or not part.is_seated:
        raise Http404
    return application, part, current[0]


def _keep(request: SignedInRequest, application: Application, part: Part, card: Scorecard) -> HttpResponse:
    """Save the card as it was sent; a mark that is none is said beside it, and nothing is saved."""
    shown = page(request, application, part)
    form = CardForm(request.POST, rubric=shown["rubric"])
    if form.is_valid():
        try:
            card = panel.save_card(
                application,
                by=request.user,
                at=timezone.now(),
                judged=form.judged(),
                comments=form.comments(),
            )
        except Refused as refusal:
            latest = reverse("review", args=[application.public_id])
            return refused(request, refusal, ways=[(_("看最新情况"), latest)])
    judged = form.judged()
    if request.headers.get("HX-Request"):
        return render(request, "review/tally.html", _tally(shown, card, form, judged) | {"is_part": True})
    signs = request.POST.get("do") == "sign"
    if signs and form.is_valid():
        form.show(validate_card(shown["rubric"], judged, form.comments()))
    if form.errors:
        return render(request, "review/scorecard.html", _tally(shown, card, form, judged), status=422)
    if signs:
        return redirect("scorecard-sign", public_id=application.public_id)
    messages.success(request, told(_("评分卡已存为草稿"), _("只有您看得到，交卡前可以修改。")))
    return redirect("scorecard", public_id=application.public_id)


def _tally(
    shown: dict[str, Any], card: Scorecard, form: CardForm, judged: Mapping[str, Decimal | None]
) -> dict[str, Any]:
    """Add the running total to the page, and to each good its rows and its sum."""
    rubric: Rubric = shown["rubric"]
    added: CardTotal = total(rubric, shown["document"], judged)
    for good in shown["goods"]:
        good["total"] = added.good(good["code"])
        good["rows"] = [_row(form, rubric, one.code, judged.get(one.code)) for one in good["view"].judged]
    left = sum(judged.get(one.code) is None for one in rubric.judged)
    return shown | {"card": card, "form": form, "total": added, "left": left}


def _totals(
    request: SignedInRequest,
    shown: dict[str, Any],
    card: Scorecard,
    judged: Mapping[str, Decimal],
    comments: Mapping[str, str],
) -> HttpResponse:
    """Show the card as it will be written."""
    rubric = shown["rubric"]
    document, _sum = card_document(rubric, shown["revision"], judged, comments, expert="")
    view = view_of_document(rubric, card, document)
    return render(request, "review/sign.html", shown | {"view": view, "seen": _digest(card)})


def _row(form: CardForm, rubric: Rubric, code: str, points: Decimal | None) -> dict[str, Any]:
    mark, comment = form[mark_name(code)], form[comment_name(code)]
    required = points is not None and needs_comment(rubric, code, points)
    return {
        "indicator": rubric.indicator(code),
        "mark": mark,
        "comment": comment,
        "required": required,
        "is_open": bool(required or mark.errors or comment.value()),
    }


def _comments(card: Scorecard) -> dict[str, str]:
    return {code: mark.get("comment", "") for code, mark in card.marks.items()}


def _digest(card: Scorecard) -> str:
    return digest(canonical(card.marks))


def _handed_in(request: SignedInRequest, application: Application) -> HttpResponse:
    following = next_for(request.user, offices(request), timezone.now(), besides=application.pk)
    onward = []
    if following:
        name = "scorecard" if following.is_scoring else "review"
        words = _("下一件：%(name)s") % {"name": following.application.studio.name}
        onward = [(words, reverse(name, args=[following.application.public_id]))]
    said = _("已交%(name)s的评分卡") % {"name": application.studio.name}
    messages.success(request, told(said, _("交卡后不能更改。"), *onward))
    return redirect("desk")
