"""Addresses that take a form and have no page of their own: each lies just below the page its form stands on."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

PAGE = "../"
Answer = TypeVar("Answer", bound=HttpResponseBase)


def posted(view: Callable[..., Answer]) -> Callable[..., Answer | HttpResponse]:
    """Let the view take posts only. Whoever comes by a link, as after signing in again, is led to the page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **where: Any) -> Answer | HttpResponse:
        return view(request, *args, **where) if request.method == "POST" else redirect(PAGE)

    return answer
