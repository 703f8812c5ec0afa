"""Members of an office: add one, change what they may do, end the membership."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accreditation.forms.office import GrantsForm, MemberForm
from accreditation.forms.problems import show_problems
from accreditation.models import Membership, Organisation
from accreditation.queries.office import current_members, members_with_grants
from accreditation.services.accounts import add_new_member
from accreditation.services.offices import add_member, end_membership, set_grants
from accreditation.views.office import managed
from accreditation.views.refusing import refused
from accreditation.views.telling import Way, told
from workflows.refusals import NotReady, Refused


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def member_new(request: HttpRequest, code: str) -> HttpResponse:
    """Add a member, with an account that exists or with a new one."""
    organisation = managed(request, code)
    form = MemberForm(request.POST or None)
    if form.is_valid():
        try:
            return _add(request, organisation, form)
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[back_to(organisation)])
    context = {"organisation": organisation, "form": form}
    return render(request, "office/member_new.html", context, status=422 if form.is_bound else 200)


@sensitive_variables("account")
def _add(request: HttpRequest, organisation: Organisation, form: MemberForm) -> HttpResponse:
    """Add the member; a new account's password stands in this answer only, so it is not redirected away."""
    given, at = form.cleaned_data, timezone.now()
    if given["account"] == "new":
        account = add_new_member(
            organisation,
            username=given["username"],
            name=given["name"],
            position=given["position"],
            by=request.user,
            at=at,
        )
        context = {"organisation": organisation, "account": account}
        return render(request, "office/account_made.html", context)
    user = given["user"]
    add_member(organisation, user, by=request.user, at=at, position=given["position"])
    messages.success(
        request, told(_("%(name)s已是成员") % {"name": user.name}, _("还没有权限，在这里选择。"))
    )
    return redirect("member", organisation.code, user.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """What a member may do here."""
    organisation, membership = _member(request, code, public_id)
    held = members_with_grants(organisation, [membership])[0].grants
    form = GrantsForm(request.POST if request.method == "POST" else None, organisation=organisation)
    form.initial = {"grants": held}
    if form.is_valid():
        try:
            grants = set(form.cleaned_data["grants"])
            set_grants(organisation, membership.user, grants, by=request.user, at=timezone.now())
        except NotReady as refusal:
            show_problems(form, refusal)
        except Refused as refusal:
            return refused(request, refusal, ways=[back_to(organisation)])
        else:
            name = membership.user.name
            messages.success(
                request, told(_("已更改%(name)s的权限") % {"name": name}, _("改动即时生效，并记入经过。"))
            )
            return redirect("office", organisation.code)
    context = {"organisation": organisation, "membership": membership, "form": form, "held": held}
    return render(request, "office/member.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """Ask, then end a membership and every grant with it."""
    organisation, membership = _member(request, code, public_id)
    if request.method == "POST":
        try:
            end_membership(organisation, membership.user, by=request.user, at=timezone.now())
        except Refused as refusal:
            return refused(request, refusal, ways=[back_to(organisation)])
        said = {"name": membership.user.name}
        messages.success(
            request, told(_("已结束%(name)s的成员身份") % said, _("在本组织的权限同时收回，账号保留。"))
        )
        return redirect("home") if membership.user == request.user else redirect("office", organisation.code)
    held = members_with_grants(organisation, [membership])[0]
    context = {"organisation": organisation, "membership": membership, "held": held}
    return render(request, "office/member_end.html", context)


def back_to(organisation: Organisation) -> Way:
    """Return the way back to an office's page."""
    return _("%(name)s的成员") % {"name": organisation.name}, reverse("office", args=[organisation.code])


def _member(request: HttpRequest, code: str, public_id: UUID) -> tuple[Organisation, Membership]:
    organisation = managed(request, code)
    return organisation, get_object_or_404(current_members(organisation), user__public_id=public_id)
