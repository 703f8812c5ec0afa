"""Pages for what went wrong before a view could answer. 400, 403, 404 and 500 need only their templates."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: the page stood open too long, or another site sent it."""
    return render(request, "403_csrf.html", status=403)
