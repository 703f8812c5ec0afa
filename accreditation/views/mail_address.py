"""A new mail address: confirm it by the link that was mailed to it, have the link sent again, or withdraw it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accreditation.services import mail_address as services
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, refusal, told
from certificates.limits import Limit
from workflows.notifications.mail import is_set_up
from workflows.refusals import Refused

LINKS = Limit("mail-links", most=5, seconds=60 * 60)
"""For one account: letters to an address that has not been confirmed, which may be anybody's."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, token: str) -> HttpResponse:
    """What the link leads to: the address, and the button that confirms it. Programs that open links press none."""
    at = timezone.now()
    try:
        if request.method != "POST":
            address = services.confirmable(token, by=request.user, at=at)
            return render(request, "account/mail_confirm.html", {"address": address})
        before = services.confirm(token, by=request.user, at=at)
    except Refused as refusal_:
        return refused(request, refusal_, ways=[_account()])
    is_told = services.tell(request.user, before, at)
    messages.success(request, told(_("新邮箱已经生效"), _("原来的邮箱也收到一封信。") if is_told else ""))
    return redirect("account")


@login_required
@posted
def again(request: SignedInRequest) -> HttpResponse:
    """Send the link again, as a new one."""
    if LINKS.is_reached(str(request.user.pk)):
        text = _("一小时后再试。")
        return refusal(request, status=429, title=_("确认信发得过多"), text=text, ways=[_account()])
    try:
        services.ask_again(by=request.user, at=timezone.now())
    except Refused as refusal_:
        return refused(request, refusal_, ways=[_account()])
    send_link(request)
    return redirect("account")


@login_required
@posted
def withdraw(request: SignedInRequest) -> HttpResponse:
    """Keep the address as it is."""
    try:
        services.withdraw(by=request.user, at=timezone.now())
    except Refused as refusal_:
        return refused(request, refusal_, ways=[_account()])
    messages.success(request, told(_("已撤回新邮箱"), _("邮箱没有改变，确认信里的链接不再有效。")))
    return redirect("account")


def send_link(request: SignedInRequest) -> None:
    """Mail the link, and say on the next page whether it went out; without a mail server the page itself says so."""
    if not is_set_up():
        return
    if LINKS.is_reached(str(request.user.pk)):
        text = _("一小时内发得过多，过后再发一次。")
        messages.error(request, told(_("确认信没有发出"), text, shape="alert"))
        return
    LINKS.count(str(request.user.pk))
    if services.send_link(request.user):
        text = _("打开信里的链接，新邮箱才生效。")
        messages.success(request, told(_("确认信已发到新邮箱"), text))
    else:
        text = _("邮件服务器没有接收，核对邮箱地址，稍后再发一次。")
        messages.error(request, told(_("确认信没有发出"), text, shape="alert"))


def _account() -> Way:
    return _("我的账号"), f"{reverse('account')}#mail"
