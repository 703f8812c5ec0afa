"""消息: what somebody has been told; read, marked, and how they want to be mailed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.context import offices
from accreditation.forms.notifications import MailForm
from accreditation.forms.problems import show_problems
from accreditation.queries.notifications import CAP, address, messages_of, readable, still_seen
from accreditation.services import notifications as services
from accreditation.services.mail_address import expires_at
from accreditation.views.mail_address import send_link
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from workflows.models import Notification
from workflows.notifications.mail import choice_of, is_set_up
from workflows.refusals import NotReady

UNREAD = "unread"


@login_required
@require_safe
def notifications(request: SignedInRequest) -> HttpResponse:
    """The messages, the newest first; all, or those not read yet."""
    at, only_unread = timezone.now(), request.GET.get("show") == UNREAD
    everything = readable(request.user, at)
    unread = readable(request.user, at, unread=True)
    page = page_of(request, unread if only_unread else everything)
    listed = messages_of(request.user, page.object_list, offices(request))
    context = {
        "page": page,
        "rows": listed,
        "figures": _figures(len(everything), len(unread), only_unread),
        "only_unread": only_unread,
        "newest": _newest(unread),
        "here": request.GET.urlencode(),
    }
    return render(request, "notifications/notifications.html", context)


@login_required
@require_safe
def notification(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Open what the message is about. It counts as read from then on."""
    at = timezone.now()
    row = _own(request, public_id)
    page = address(request.user, row, offices(request), at)
    if page is None:
        raise Http404
    services.mark_read(row, at=at)
    return redirect(page)


@login_required
@posted
def notification_read(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """标为已读: without opening it."""
    services.mark_read(_seen(request, public_id), at=timezone.now())
    return _back(request)


@login_required
@posted
def notification_unread(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """标为未读: keep it for later."""
    services.mark_unread(_seen(request, public_id))
    return _back(request)


@login_required
@posted
def notifications_read(request: SignedInRequest) -> HttpResponse:
    """全部标为已读: everything up to the newest that the page showed."""
    try:
        through = _own(request, UUID(request.POST.get("through", "")))
    except ValueError:
        raise Http404 from None
    count = services.mark_all_read(by=request.user, through=through, at=timezone.now())
    messages.success(
        request, told(_("已将%(count)d条消息标为已读") % {"count": count}, _("每一条都可以再标为未读。"))
    )
    return _back(request)


@login_required
@posted
def choose_mail(request: SignedInRequest) -> HttpResponse:
    """Save how somebody wants to be mailed."""
    form = MailForm(request.POST, user=request.user)
    if form.is_valid():
        asked = choice_of(request.user).asked_code
        try:
            services.choose_mail(by=request.user, at=timezone.now(), **form.cleaned_data)
        except NotReady as refusal:
            show_problems(form, refusal)
        else:
            messages.success(request, told(_("已保存邮件设置"), ""))
            if asked != choice_of(request.user).asked_code:
                send_link(request)
            return redirect("account")
    return render(request, "account/account.html", mail_context(request, form), status=422)


def mail_context(request: SignedInRequest, form: MailForm | None = None) -> dict[str, Any]:
    """Return what the account's page says about mail."""
    shown = form or MailForm(user=request.user)
    choice = shown.choice
    until = expires_at(choice)
    return {
        "mail": shown,
        "mail_is_set_up": is_set_up(),
        "mail_asked": choice,
        "mail_until": until,
        "mail_is_late": until is not None and timezone.now() > until,
    }


def _own(request: SignedInRequest, public_id: UUID) -> Notification:
    rows = Notification.objects.select_related("event")
    return get_object_or_404(rows, user=request.user, public_id=public_id)


def _seen(request: SignedInRequest, public_id: UUID) -> Notification:
    row = _own(request, public_id)
    if not still_seen(request.user, [row], timezone.now()):
        raise Http404
    return row


def _back(request: SignedInRequest) -> HttpResponseRedirect:
    """Return to the list as it was: the form's address carries the list's query."""
    query = request.GET.urlencode()
    return HttpResponseRedirect(f"{reverse('notifications')}?{query}" if query else reverse("notifications"))


def _newest(keys: list[int]) -> UUID | None:
    newest = Notification.objects.filter(pk=keys[0]).values_list("public_id", flat=True) if keys else ()
    return next(iter(newest), None)


def _figures(everything: int, unread: int, only_unread: bool) -> list[dict[str, Any]]:
    return [
        {
            "count": f"{CAP}+" if count >= CAP else count,
            "label": word,
            "address": where,
            "is_current": current,
        }
        for count, word, where, current in (
            (everything, _("全部"), reverse("notifications"), not only_unread),
            (unread, _("未读"), f"?show={UNREAD}", only_unread),
        )
    ]
