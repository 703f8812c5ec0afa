"""抄送: copy an application to people, take a copy back, and read what one was copied on."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.problems import show_problems
from accreditation.forms.tasks import CopyForm
from accreditation.models import Application
from accreditation.queries.copies import copied_to, rows
from accreditation.queries.task_block import copies_on, readers
from accreditation.queries.task_rights import may_copy
from accreditation.services import copies as services
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.review import ways_on
from accreditation.views.review_page import review_or_404
from accreditation.views.searching import sought
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from accreditation.work import acting_as
from workflows.refusals import NotPermitted, NotReady, Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Choose whom to copy to, from the people of the reviewing offices."""
    application, _part = review_or_404(request, public_id)
    at = timezone.now()
    by = acting_as(request.user, application, at)
    verdict = may_copy(application, by)
    if not verdict:
        refusal = NotPermitted(verdict.reason, verdict.code)
        return refused(request, refusal, ways=ways_on(request, application))
    form = CopyForm(
        request.POST if request.method == "POST" else None, readers=readers(application, request.user)
    )
    if form.is_valid():
        try:
            services.copy_to(application, by=by, at=at, **form.cleaned_data)
        except NotReady as problems:
            show_problems(form, problems)
        except Refused as refusal_:
            kept = form.cleaned_data["note"]
            return refused(request, refusal_, kept=kept, ways=ways_on(request, application))
        else:
            names = _("、").join(person.name for person in form.cleaned_data["people"])
            messages.success(
                request, told(_("已抄送%(names)s") % {"names": names}, _("对方可以查看，不能办理。"))
            )
            return redirect("review", application.public_id)
    return _page(request, application, form)


def _page(request: SignedInRequest, application: Application, form: CopyForm) -> HttpResponse:
    words, chosen = sought(request), set(request.POST.getlist("people"))
    context = {
        "application": application,
        "form": form,
        "words": words,
        "chosen": chosen,
        "readers": readers(application, request.user, words),
        "copies": copies_on(application),
    }
    return render(request, "tasks/copy.html", context, status=422 if form.is_bound else 200)


@login_required
@posted
def withdraw_copy(request: SignedInRequest, public_id: UUID, copy_id: UUID) -> HttpResponse:
    """Take a copy back."""
    application, _part = review_or_404(request, public_id)
    found = get_object_or_404(copies_on(application), public_id=copy_id)
    try:
        services.withdraw_copy(application, found, by=request.user, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal, ways=ways_on(request, application))
    said = _("已收回给%(name)s的抄送") % {"name": found.user.name}
    messages.success(request, told(said, _("对方不能再凭抄送查看。")))
    return redirect("copy", application.public_id)


@login_required
@require_safe
def copies(request: SignedInRequest) -> HttpResponse:
    """What the user was copied on, the latest first."""
    page = page_of(request, copied_to(request.user))
    return render(request, "tasks/copies.html", {"page": page, "rows": rows(list(page.object_list))})
