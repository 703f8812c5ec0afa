"""How a page says that something was done, or could not be."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Way = tuple[Any, str]  # the words of a link, and its address


def told(title: Any, text: Any = "", *ways: Way, shape: str = "ok") -> SafeString:
    """Return a message for `messages.success`: what was done, what follows, the ways on (last in bold)."""
    parts = {"title": title, "text": text, "links": ways, "shape": shape}
    return SafeString(render_to_string("components/told.html", parts).strip())


def refusal(
    request: HttpRequest, *, status: int, title: Any, text: Any = "", ways: Iterable[Way] = (), kept: str = ""
) -> HttpResponse:
    """Answer an act that was refused: who, when, what next; `kept` is what the user wrote, to be copied.

    `status` is 403 not permitted, 409 stale or in another state, 422 not ready.
    """
    parts = {"title": title, "text": text, "links": list(ways), "kept": kept}
    return render(request, "refused.html", parts, status=status)
