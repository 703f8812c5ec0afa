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
from accreditation.forms.scorecard import CardForm, card_initial
from accreditation.models import Application, Scorecard
from accreditation.queries.declarations import undeclared
from accreditation.queries.desk_rows import next_for
from accreditation.queries.judging import marks_of, seen_of
from accreditation.queries.part import Part
from accreditation.queries.review import revision_view, view_of_document
from accreditation.queries.rubrics import rubric_of_application
from accreditation.scorecards import card_document
from accreditation.scoring import validate_card
from accreditation.services import panel
from accreditation.states import State
from accreditation.views.card_page import card_parts, conflict_with
from accreditation.views.declarations import way_to_declare
from accreditation.views.posted import posted
from accreditation.views.refusing import posted_version, refused, words_of
from accreditation.views.review_page import page, review_or_404
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
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
    if missing := undeclared(request.user, [application.cycle_id]):
        return redirect(way_to_declare(missing[0], request.path))
    shown = page(request, application, part)
    form = CardForm(initial=card_initial(card), rubric=shown["rubric"])
    return _fill_in(request, shown, card, form, marks_of(card))


@login_required
@posted
def draft(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """Keep the card while it is being filled in; the answer is the parts of the page that follow from it.

    What is refused is said in place, and nothing is saved: 422 for marks that are none, else the refusal's status.
    """
    application, _part, card = _own_card(request, public_id)
    view = revision_view(application)
    form, status = CardForm(request.POST, rubric=view.rubric), 200
    said: dict[str, Any] = {}
    if form.is_valid():
        try:
            card = _save(request, application, form)
        except Stale:
            said, status = {"conflict": conflict_with(view.rubric, card, form)}, Stale.status
        except Refused as refusal:
            title, text = words_of(request, refusal)
            said, status = {"refusal": {"title": title, "text": text}}, refusal.status
    else:
        status = NotReady.status
    parts = card_parts(view.rubric, view.document, card, form, form.judged())
    context = {"application": application, "total_line": view.rubric.total_line(application.cycle.level)}
    return render(request, "review/kept.html", context | parts | said, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def sign(request: SignedInRequest, public_id: Any) -> HttpResponse:
    """The saved card with its totals; POST hands it in, if it is still the card that was shown."""
    application, part, card = _own_card(request, public_id)
    judged, comments = marks_of(card), _comments(card)
    if request.method == "GET":
        if card.submitted_at or application.state != State.PANEL_SCORING:
            return redirect("scorecard", public_id=application.public_id)
        if validate_card(rubric_of_application(application), judged, comments):
            return redirect("scorecard", public_id=application.public_id)
        return _totals(request, page(request, application, part), card, judged, comments)
    ways = [(_("看评分卡"), reverse("scorecard", args=[application.public_id]))]
    try:
        if not card.submitted_at and request.POST.get("seen") != seen_of(card.marks):
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
            card = _save(request, application, form)
        except Stale:
            shown["conflict"] = conflict_with(shown["rubric"], card, form)
            return _fill_in(request, shown, card, form, form.judged(), status=Stale.status)
        except Refused as refusal:
            latest = reverse("review", args=[application.public_id])
            return refused(request, refusal, kept=_typed(form), ways=[(_("看最新情况"), latest)])
    signs = request.POST.get("do") == "sign"
    if signs and form.is_valid():
        form.show(validate_card(shown["rubric"], form.judged(), form.comments()))
    if form.errors:
        return _fill_in(request, shown, card, form, form.judged(), status=NotReady.status)
    if signs:
        return redirect("scorecard-sign", public_id=application.public_id)
    messages.success(request, told(_("评分卡已存为草稿"), _("只有您看得到，交卡前可以修改。")))
    return redirect("scorecard", public_id=application.public_id)


def _save(request: SignedInRequest, application: Application, form: CardForm) -> Scorecard:
    """Save what was sent, unless another page has saved something else since this one was made."""
    return panel.save_card(
        application,
        by=request.user,
        at=timezone.now(),
        judged=form.judged(),
        comments=form.comments(),
        seen=request.POST.get("seen", ""),
    )


def _fill_in(
    request: SignedInRequest,
    shown: dict[str, Any],
    card: Scorecard,
    form: CardForm,
    judged: Mapping[str, Decimal | None],
    *,
    status: int = 200,
) -> HttpResponse:
    """Show the card to be filled in."""
    parts = card_parts(shown["rubric"], shown["document"], card, form, judged)
    goods = [good | parts["filled"][good["code"]] for good in shown["goods"]]
    return render(request, "review/scorecard.html", shown | parts | {"goods": goods}, status=status)


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
    return render(request, "review/sign.html", shown | {"view": view, "seen": seen_of(card.marks)})


def _typed(form: CardForm) -> str:
    """Return the comments that were typed, to be copied."""
    words = ((form.rubric.indicator(code).title.local(), said) for code, said in form.comments().items())
    return "\n".join(
        _("%(title)s：%(said)s") % {"title": title, "said": said} for title, said in words if said
    )


def _comments(card: Scorecard) -> dict[str, str]:
    return {code: mark.get("comment", "") for code, mark in card.marks.items()}


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
