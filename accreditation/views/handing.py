"""The pages on which work is given to one person: assign, transfer, delegate; and on which advice is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.context import offices
from accreditation.forms.problems import show_problems
from accreditation.forms.tasks import AdviceForm, DelegationForm, HandForm
from accreditation.models import Application
from accreditation.queries.part import part_of
from accreditation.queries.review import with_all
from accreditation.queries.task_block import Candidate, advice_asked, advisers, can_unassign, workers
from accreditation.queries.task_rights import managed_work, may_assign, may_have
from accreditation.scope import visible_applications
from accreditation.services import tasks as services
from accreditation.views.refusing import refused
from accreditation.views.review import ways_on
from accreditation.views.review_page import review_or_404
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from accreditation.work import acting_as
from workflows.actors import hands_of
from workflows.held import May, refuse_unless_held
from workflows.refusals import NotPermitted, NotReady, Refused, WrongState
from workflows.tasks import other_holder
from workflows.works import open_work

Act = Callable[[Application, Any, HandForm, datetime], Any]


@dataclass(frozen=True)
class Page:
    """A page on which the work of an application is given to somebody: its words, its form, who can be chosen."""

    name: str
    title: str | Promise
    hint: str | Promise
    done: str | Promise
    after: str | Promise
    people: Callable[[Application], list[Candidate]]
    act: Act
    may: May
    form: type[HandForm] = HandForm
    from_holder: bool = True


def _assign(application: Application, by: Any, form: HandForm, at: datetime) -> Any:
    """Assign, if the work is still held by whom the page showed."""
    work, seen = open_work(application), form.data.get("holder", "")
    holder = work.assignee if work else None
    if work is not None and seen != (str(holder.public_id) if holder else ""):
        raise other_holder(work)
    return services.assign(application, by=by, seen=holder, at=at, **form.cleaned_data)


def _transfer(application: Application, by: Any, form: HandForm, at: datetime) -> Any:
    return services.transfer(application, by=by, at=at, **form.cleaned_data)


def _delegate(application: Application, by: Any, form: HandForm, at: datetime) -> Any:
    given = form.cleaned_data
    return services.delegate(application, by=by, to=given["to"], question=given["note"], at=at)


ASSIGN = Page(
    name="assign",
    title=pgettext_lazy("操作", "指派"),
    hint=gettext_lazy("指派后由对方持有；您可以收回，或者再指派给别人。"),
    done=gettext_lazy("已指派给%(name)s"),
    after=gettext_lazy("由其办理。您可以收回，或者再指派给别人："),
    people=workers,
    act=_assign,
    may=may_assign,
    from_holder=False,
)
TRANSFER = Page(
    name="transfer",
    title=pgettext_lazy("操作", "转办"),
    hint=gettext_lazy("转办后由对方持有和办理；对方动手以前，您可以收回。"),
    done=gettext_lazy("已转办给%(name)s"),
    after=gettext_lazy("对方动手以前，您可以收回："),
    people=workers,
    act=_transfer,
    may=may_have,
)
DELEGATE = Page(
    name="delegate",
    title=pgettext_lazy("操作", "委派"),
    hint=gettext_lazy("这一件仍由您持有；对方提交意见或者您收回以前，不能作决定。"),
    done=gettext_lazy("已委派%(name)s提意见"),
    after=gettext_lazy("意见回来后由您决定，您也可以收回："),
    people=advisers,
    act=_delegate,
    may=may_have,
    form=DelegationForm,
)


def work_or_404(request: SignedInRequest, public_id: UUID) -> tuple[Application, bool]:
    """Return an application whose work the user may know of, and whether they may read it; else 404."""
    application = with_all(visible_applications(request.user)).filter(public_id=public_id).first()
    if application is not None and part_of(application, request.user, offices(request)).reviews:
        return application, True
    return get_object_or_404(with_all(managed_work(request.user)), public_id=public_id), False


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Give the work to one of the office's people, as its manager or as who decides."""
    application, reads = work_or_404(request, public_id)
    return _hand(request, application, ASSIGN, reads=reads)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Give one's own work to somebody else of the office."""
    application, _part = review_or_404(request, public_id)
    return _hand(request, application, TRANSFER)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delegate(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask one person of the office for advice."""
    application, _part = review_or_404(request, public_id)
    return _hand(request, application, DELEGATE)


def _hand(
    request: SignedInRequest, application: Application, page: Page, *, reads: bool = True
) -> HttpResponse:
    at = timezone.now()
    by = acting_as(request.user, application, at)
    back = reverse("review" if reads else "assign", args=[application.public_id])
    form = None
    try:
        _refuse(application, page, by)
        people = page.people(application)
        form = page.form(request.POST if request.method == "POST" else None, candidates=people)
        if form.is_valid():
            page.act(application, by, form, at)
            said = page.done % {"name": form.cleaned_data["to"].name}
            messages.success(request, told(said, page.after, (application.studio.name, back)))
            return redirect("desk" if page is TRANSFER else back)
    except NotReady as refusal:
        if form is None:
            raise
        show_problems(form, refusal)
    except Refused as refusal:
        ways = ways_on(request, application) if reads else [(_("回到首页"), reverse("home"))]
        return refused(request, refusal, kept=request.POST.get("note", ""), ways=ways)
    context = {
        "application": application,
        "page": page,
        "form": form,
        "candidates": people,
        "chosen": request.POST.get("to", ""),
        "work": open_work(application),
        "may_unassign": page is ASSIGN and can_unassign(application, by),
        "reads": reads,
        "own": hands_of(by) if page.from_holder else frozenset(),
        "back": back if reads else reverse("home"),
    }
    return render(request, "tasks/hand.html", context, status=422 if form.is_bound else 200)


def _refuse(application: Application, page: Page, by: Any) -> None:
    """Refuse the page to whom its act would be refused in any case."""
    verdict = page.may(application, by)
    if not verdict:
        raise NotPermitted(verdict.reason, verdict.code)
    work = open_work(application)
    if work is None:
        raise WrongState(_("这一件现在没有待办。"))
    if page.from_holder:
        refuse_unless_held(work, by)
    if page is DELEGATE and work.hold:
        raise WrongState(_("这一件正在等待意见或者会签，结束后才能委派。"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def advise(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Give the advice that one was asked for."""
    application, part = review_or_404(request, public_id)
    form = AdviceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.advise(application, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            kept = form.cleaned_data["opinion"]
            return refused(request, refusal, kept=kept, ways=ways_on(request, application))
        messages.success(request, told(_("已提交意见"), _("这一件回到委派的人手中。")))
        return redirect("desk")
    asked = advice_asked(application, request.user)
    if asked is None:
        gone = WrongState(_("没有等待您意见的委派，可能已经收回。"))
        return refused(
            request, gone, kept=request.POST.get("opinion", ""), ways=ways_on(request, application)
        )
    context = {"application": application, "form": form, "asked": asked, "part": part}
    return render(request, "tasks/advise.html", context, status=422 if form.is_bound else 200)
