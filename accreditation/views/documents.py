"""Documents on paper that are not for everybody: the form for who may see it, the city's summary and its drafts."""

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.context import offices
from accreditation.documents.decision import drafted
from accreditation.documents.form import application_form
from accreditation.documents.scores import score_summary
from accreditation.forms.naming import NamingForm
from accreditation.permissions import DECIDE
from accreditation.queries.event_facts import UNFIT
from accreditation.queries.part import part_of
from accreditation.queries.review import with_all
from accreditation.scope import visible_applications
from accreditation.services.journals import evidence_read, exported
from accreditation.states import State
from accreditation.views.handing_out import hand_out
from accreditation.views.notices import chosen_of, run_by
from accreditation.views.posted import posted
from accreditation.views.public_documents import KINDS
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import refusal
from accreditation.work import acting_at


@login_required
@require_safe
def form(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponseBase:
    """The application form of a revision with the opinions on it, for everybody who may see the application."""
    application = get_object_or_404(with_all(visible_applications(request.user)), public_id=public_id)
    if number > application.revision_number:  # also larger than the database can count
        raise Http404
    revision = get_object_or_404(application.revisions.select_related("submitted_by"), number=number)
    part = part_of(application, request.user, offices(request))
    back = (_("返回这一版"), reverse("revision", args=[public_id, number]))
    try:
        wanted = application_form(application, revision, part)
    except UNFIT:
        title = _("这一版读不出来")
        return refusal(request, status=409, title=title, text=_("存档的内容不是提交时的样子。"), ways=[back])
    note = partial(
        evidence_read,
        application,
        by=request.user,
        at=timezone.now(),
        sha256=revision.sha256,
        kind="form",
        revision=number,
    )
    return hand_out(request, wanted, back=back, note=note)


@login_required
@require_safe
def scores(request: SignedInRequest, code: str) -> HttpResponseBase:
    """The score summary of a cycle, for who runs it."""
    cycle = run_by(request, code)
    wanted, count = score_summary(cycle)
    note = partial(
        exported,
        by=acting_at(request.user, cycle.city, timezone.now()),
        at=timezone.now(),
        what="score_summary",
        count=count,
        office=cycle.city,
        role=DECIDE,
        cycle=cycle.code,
    )
    back = (_("返回会议名单"), reverse("meeting-list", args=[code]))
    return hand_out(request, wanted, back=back, note=note)


@login_required
@posted
def draft(request: SignedInRequest, code: str) -> HttpResponseBase:
    """The naming decision as it would be signed, marked as a draft, for who runs the cycle."""
    cycle = run_by(request, code)
    back = (_("命名决定"), reverse("naming", args=[code]))
    kind, sent = request.POST.get("kind", ""), NamingForm(request.POST)
    chosen = chosen_of(cycle, sent.cleaned_data["applications"]) if kind in KINDS and sent.is_valid() else []
    if not chosen or any(one.state != State.NOTICE_ENDED for one in chosen):
        text = _("返回起草页，填写并选择公示期满的工作室后再下载。")
        return refusal(request, status=422, title=_("还不能下载草稿"), text=text, ways=[back])
    given = sent.cleaned_data
    proposed = drafted(
        cycle, chosen, title=given["title"], number=given["number"], signed_on=given["signed_on"]
    )
    note = partial(
        exported,
        by=acting_at(request.user, cycle.city, timezone.now()),
        at=timezone.now(),
        what="decision_draft",
        count=len(chosen),
        office=cycle.city,
        role=DECIDE,
        cycle=cycle.code,
    )
    return hand_out(request, KINDS[kind](proposed), back=back, note=note)
