"""Signing in, one's own account, and the office one acts for."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from accreditation.context import OFFICE_KEY, offices
from accreditation.forms.account import PasswordForm, SignInForm
from accreditation.views import throttle
from accreditation.views.notifications import mail_context
from accreditation.views.posted import posted
from accreditation.views.signed_in import SignedInRequest
from accreditation.views.telling import told


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
        """Sign in."""
        throttle.forget_wrong_passwords(self.request)
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Count the failure and show what to do."""
        throttle.count_wrong_password(self.request)
        return super().form_invalid(form)


class ChangePassword(auth_views.PasswordChangeView):
    """Change one's own password; other sessions of the account end."""

    template_name = "registration/password_change.html"
    form_class = PasswordForm
    success_url = reverse_lazy("account")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Save, and say so on the account's page."""
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
