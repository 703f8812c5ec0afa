"""A password that somebody else has seen is good for one thing: choosing one's own."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accreditation.views.telling import told

OPEN = {"password_change", "logout", "login", "set_language"}
"""Names of the addresses that are open before the password is one's own."""


class OwnPasswordFirst:
    """Middleware, below that of sign-in and messages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        """Lead to the page where the password is changed."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        if not getattr(request.user, "has_first_password", False) or name in OPEN:
            return None
        messages.info(request, told(_("先换成自己的密码"), _("一次性密码由管理人给出，只用来换密码。")))
        return redirect("password_change")
