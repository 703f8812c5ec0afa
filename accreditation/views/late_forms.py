"""Forms that come too late: who sent them is no longer signed in, or their token is an old one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accreditation.views.telling import refusal

SECRET = ("csrfmiddlewaretoken", "password", "username")
"""Fields whose names have this in them are never shown again."""


def typed(request: HttpRequest) -> str:
    """Return the sentences and names that somebody wrote into a form of ours, one a line.

    Numbers and choices are left out: without their fields nobody knows what they were. What another site sends
    in somebody's name is never shown, or it could put its words on our page.
    """
    if request.headers.get("Origin", "") != f"{request.scheme}://{request.get_host()}":
        return ""
    given = (
        value.strip()
        for name, values in request.POST.lists()
        if not any(secret in name for secret in SECRET)
        for value in values
    )
    return "\n".join(value for value in given if not value.isascii() or " " in value)


class KeepWhatWasTyped:
    """Middleware, below that of sign-in: a form that only led to the login page gives back what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "POST" or not _leads_to_login(response):
            return response
        kept = typed(request)
        if not kept:
            return response
        return refusal(
            request,
            status=403,
            title=_("登录已经结束"),
            text=_("这次提交没有写入。先复制您写的内容，登录后再填。"),
            kept=kept,
            ways=[(_("登录"), response["Location"])],
        )


def _leads_to_login(response: HttpResponseBase) -> bool:
    login = f"{resolve_url(settings.LOGIN_URL)}?"
    return isinstance(response, HttpResponseRedirect) and response.url.startswith(login)
