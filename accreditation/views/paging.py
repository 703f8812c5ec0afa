"""A page of a list."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

ROWS = 30


def page_of(request: HttpRequest, rows: Any, parameter: str = "page", size: int = ROWS) -> Page[Any]:
    """Return the page that the address asks for; a number that is none, or too large, gives the nearest there is."""
    return Paginator(rows, size).get_page(request.GET.get(parameter))
