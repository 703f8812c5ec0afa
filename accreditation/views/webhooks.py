"""The webhooks of an office: where its messages are pushed to, and whether they arrived."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.forms.notifications import WebhookForm
from accreditation.forms.problems import show_problems
from accreditation.models import Organisation
from accreditation.queries import webhooks as queries
from accreditation.services import webhooks as services
from accreditation.views.office import managed
from accreditation.views.paging import page_of
from accreditation.views.posted import posted
from accreditation.views.refusing import refused
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import Way, told
from workflows.models import Webhook
from workflows.refusals import NotReady, Refused


@login_required
@require_safe
def webhooks(request: HttpRequest, code: str) -> HttpResponse:
    """The office's webhooks."""
    office = _office(request, code)
    listed = page_of(request, queries.webhooks_of(office))
    rows = [(webhook, queries.host_of(webhook)) for webhook in listed.object_list]
    return render(request, "office/webhooks.html", {"organisation": office, "page": listed, "rows": rows})


@login_required
@never_cache
@sensitive_variables("added")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_new(request: SignedInRequest, code: str) -> HttpResponse:
    """Add a webhook; its secret stands in this answer only, so it is not redirected away."""
    office = _office(request, code)
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            added = services.add_webhook(office, by=request.user, at=timezone.now(), **form.cleaned_data)
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[_back_to(office)])
        else:
            return render(request, "office/webhook_made.html", {"organisation": office, "added": added})
    context = {"organisation": office, "form": form}
    return render(request, "office/webhook_new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def webhook(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """One webhook and its deliveries."""
    office, row = _webhook(request, code, public_id)
    page = page_of(request, queries.deliveries_of(row))
    context = {
        "organisation": office,
        "webhook": row,
        "host": queries.host_of(row),
        "page": page,
        "rows": queries.rows(list(page.object_list)),
    }
    return render(request, "office/webhook.html", context)


@login_required
@posted
def webhook_test(request: SignedInRequest, code: str, public_id: UUID) -> HttpResponse:
    """测试: send a message that says so."""
    office, row = _webhook(request, code, public_id)
    try:
        services.try_webhook(row, by=request.user, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal, ways=[_back_to(office)])
    messages.success(request, told(_("测试消息即将发出"), _("几秒后刷新本页，可以看到对方的答复。")))
    return redirect("webhook", office.code, row.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_end(request: SignedInRequest, code: str, public_id: UUID) -> HttpResponse:
    """停用: ask, then send nothing more there."""
    office, row = _webhook(request, code, public_id)
    if request.method == "POST":
        try:
            services.end_webhook(row, by=request.user, at=timezone.now())
        except Refused as refusal:
            return refused(request, refusal, ways=[_back_to(office)])
        messages.success(
            request, told(_("已停用“%(name)s”") % {"name": row.name}, _("不再向这个地址推送消息。"))
        )
        return redirect("webhooks", office.code)
    context = {"organisation": office, "webhook": row, "host": queries.host_of(row)}
    return render(request, "office/webhook_end.html", context)


@login_required
@posted
def delivery_again(request: SignedInRequest, code: str, public_id: UUID, delivery_id: UUID) -> HttpResponse:
    """再发: send one delivery once more."""
    office, row = _webhook(request, code, public_id)
    delivery = get_object_or_404(queries.deliveries_of(row), public_id=delivery_id)
    try:
        services.send_again(delivery, by=request.user, at=timezone.now())
    except Refused as refusal:
        return refused(request, refusal, ways=[_back_to(office)])
    messages.success(request, told(_("即将再发一次"), _("几秒后刷新本页，可以看到对方的答复。")))
    return redirect("webhook", office.code, row.public_id)


def _office(request: HttpRequest, code: str) -> Organisation:
    """Return an office that the user manages. Enterprises have no webhooks."""
    office = managed(request, code)
    if office.level is None:
        raise Http404
    return office


def _webhook(request: HttpRequest, code: str, public_id: UUID) -> tuple[Organisation, Webhook]:
    office = _office(request, code)
    rows = queries.webhooks_of(office).select_related("office", "made_by")
    return office, get_object_or_404(rows, public_id=public_id)


def _back_to(office: Organisation) -> Way:
    return _("%(name)s的消息推送") % {"name": office.name}, reverse("webhooks", args=[office.code])
