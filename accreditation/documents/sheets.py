"""How a document comes about: its page is composed in Chinese, and drawn where it is not kept yet."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from django.template.loader import render_to_string
from django.utils import translation

from accreditation.face.dates import full_day
from certificates.kept import Request
from certificates.paper import document_pdf, drawing_key
from workflows.ledger.chain import canonical, digest

LANGUAGE = "zh-hans"
PDF = "application/pdf"
P = ParamSpec("P")
R = TypeVar("R")


def in_chinese(compose: Callable[P, R]) -> Callable[P, R]:
    """Let a document be composed in Chinese, whatever language the reader of the site has chosen."""

    @wraps(compose)
    def composed(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override(LANGUAGE):
            return compose(*args, **kwargs)

    return composed


def pdf(template: str, *, name: str, sheets: Sequence[str], title: str, mark: str, **facts: Any) -> Request:
    """Return a document on paper: `name` is that of its file, `mark` what stands at the foot of each page."""
    said = {"title": title, "mark": mark, **facts}
    page = render_to_string(f"documents/{template}.html", said)
    key = drawing_key(page, sheets=sheets)
    draw = partial(document_pdf, page, identifier=bytes.fromhex(key[:32]), sheets=sheets)
    return Request(f"{name}.pdf", PDF, key, draw)


def list_mark(listed: Any, on: date | datetime | None) -> str:
    """Return what stands at the foot of a document without a revision: the hash of its list, and its date."""
    day = full_day(on) if on else ""
    return f"名单摘要 SHA-256 {digest(canonical(listed))}　{day}".rstrip()  # untranslated: a Chinese document
