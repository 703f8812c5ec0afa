"""Signing in, one's own account, and the office one acts for."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.context import OFFICE_KEY, offices
from accreditation.forms.account import PasswordForm, SignInForm
from accreditation.services.sign_ins import password_changed, sign_in_failed, signed_in, signed_out
from accreditation.views import throttle
from accreditation.views.notifications import mail_context
from accreditation.views.posted import posted
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told
from certificates.limits import client_address


class SignIn(auth_views.LoginView):
    """The login page. Too many wrong passwords close it for a while, for that name at that address only."""

    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Check the password, unless this name has to wait."""
        if throttle.may_not_sign_in(request):
            context = self.get_context_data(form=self.authentication_form(request), is_closed=True)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, once it is noted."""
        throttle.forget_wrong_passwords(self.request)
        address = client_address(self.request)
        signed_in(by=form.get_user(), at=timezone.now(), address=address)
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Count the failure, note it, and show what to do. Without a name and a password nothing was tried."""
        closed, seconds = throttle.count_wrong_password(self.request)
        tried = form.cleaned_data
        if closed or (tried.get("username") and tried.get("password")):
            sign_in_failed(
                name=tried.get("username", ""),
                at=timezone.now(),
                address=client_address(self.request),
                closed=closed,
                seconds=seconds,
            )
        return super().form_invalid(form)


class SignOut(auth_views.LogoutView):
    """End the session, and note who ended it."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Sign out."""
        user = request.user
        answer = super().post(request, *args, **kwargs)
        if user.is_authenticated:
            signed_out(by=user, at=timezone.now())
        return answer


class ChangePassword(auth_views.PasswordChangeView):
    """Change one's own password; other sessions of the account end."""

    template_name = "registration/password_change.html"
    form_class = PasswordForm
    success_url = reverse_lazy("account")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Save with its event, and say so on the account's page."""
        was_first = form.user.has_first_password
        with transaction.atomic():
            password_changed(by=form.user, at=timezone.now(), was_first=was_first)
            answer = super().form_valid(form)
        messages.success(self.request, told(_("密码已更改"), _("在其他设备上的登录已经结束。")))
        return answer


@login_required
def account(request: SignedInRequest) -> HttpResponse:
    """Name, offices and grants, mail, language, password."""
    return render(request, "account/account.html", mail_context(request))


@login_required
@posted
def switch_office(request: HttpRequest) -> HttpResponse:
    """Act for another of one's offices from now on. An office without grants is unknown: 404."""
    code = request.POST.get("office", "")
    if code not in {office.organisation.code for office in offices(request)}:
        raise Http404
    request.session[OFFICE_KEY] = code
    return redirect("home")
