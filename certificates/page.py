"""What a certificate or a plaque shows: its design filled in, laid out on its page."""

import math
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import segno
from django.conf import settings
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from weasyprint.document import Document

from certificates.configuration import BOTH, Configuration, configuration_of
from certificates.designs import Prepared, prepared
from certificates.glyphs import CannotDraw, missing_characters
from certificates.marks import mark_of
from certificates.models import Certificate
from certificates.proofs import Place, place_of
from certificates.sandbox import filled_in
from certificates.seal import seal_svg

# A name breaks before these words rather than inside them.
KEPT_WHOLE = ("劳模和工匠人才创新工作室", "劳模创新示范工作室", "劳模创新工作室")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Step(NamedTuple):
    """One size of type: its class in the sheet, the longest text it is for, the characters a line holds."""

    name: str
    longest: float
    line: int


STUDIO_STEPS = (Step("large", 19, 19), Step("medium", 50, 23), Step("small", math.inf, 33))
ENTERPRISE_STEPS = (Step("large", 38, 38), Step("small", math.inf, 46))
TITLE_STEPS = (Step("large", 11, 11), Step("medium", 18, 18), Step("small", math.inf, 26))
LINE_STEPS = (Step("large", 36, 36), Step("small", math.inf, 44))
ISSUER_LARGE = 11  # characters at the ordinary size


def verification_url(certificate: Certificate) -> str:
    """Where the QR code leads."""
    return settings.BASE_URL + certificate.get_absolute_url()


def laid_out(certificate: Certificate) -> Document:
    """A certificate in the design of its own layout, on one page. Raises CannotDraw."""
    chosen = configuration_of(certificate.layout)
    facts = facts_of(certificate, chosen, place_of(certificate.log_proof))
    document = drawn(prepared(chosen.design), certificate, facts)
    if len(document.pages) != 1:
        raise CannotDraw(certificate.studio_name)
    return document


def drawn(design: Prepared, certificate: Certificate, facts: dict[str, Any], note: str = "") -> Document:
    """A design with these facts; `note` stands in what the file says of itself. Raises BadTemplate."""
    return design.draw(as_html(certificate, facts, filled_in(design.template, facts), note))


def facts_of(certificate: Certificate, chosen: Configuration, place: Place) -> dict[str, Any]:
    """All that a design can show: texts, and drawings as SVG. Raises CannotDraw for what the seal cannot show.

    The list for operators is in docs/designs.md.
    """
    issuers = [certificate.issuer, *certificate.joint_issuers]
    english = dict(chosen.issuers)  # of a certificate reissued since, the layout may not know them all
    title_en = chosen.title_en if certificate.title == chosen.title else ""
    return {
        "english": chosen.language == BOTH,
        "heading": chosen.heading,
        "heading_en": chosen.heading_en,
        "number": certificate.number,
        "before": set_in_lines(_about(chosen.before, certificate.title), LINE_STEPS),
        "before_en": _about(chosen.before_en, title_en),
        "after": set_in_lines(_about(chosen.after, certificate.title), LINE_STEPS),
        "after_en": _about(chosen.after_en, title_en),
        "title": set_in_lines(certificate.title, TITLE_STEPS),
        "title_en": title_en,
        "studio": set_in_lines(certificate.studio_name, STUDIO_STEPS),
        "enterprise": set_in_lines(f"（{certificate.enterprise_name}）", ENTERPRISE_STEPS),
        "issuers": [{"name": name, "name_en": english.get(name, "")} for name in issuers],
        "issuer_size": "large" if all(len(name) <= ISSUER_LARGE for name in issuers) else "small",
        "joint": len(issuers) > 1,
        "decision_number": certificate.decision_number,
        "issued_on": in_words(certificate.issued_on),
        "issued_on_en": in_english(certificate.issued_on),
        "valid_until": in_words(certificate.valid_until),
        "valid_until_en": in_english(certificate.valid_until),
        "check_code": certificate.check_code_groups,
        "qr": _qr(verification_url(certificate)),
        "seal": _seal(chosen.seal_text or certificate.issuer, chosen.seal_mark),
        "seal_mark": chosen.seal_mark,
        "record": str(place.leaf),
        "checkpoint": str(place.size),
        "root": place.short_root,
    }


def _about(line: str, title: str) -> str:
    """A line of the layout with the title in its place; nothing else in it has a meaning."""
    return line.replace("{title}", title)


def as_html(certificate: Certificate, facts: dict[str, Any], body: str, note: str = "") -> str:
    """The whole page: what a file says of itself is no matter of design."""
    created = timezone.localtime(certificate.registered_at).isoformat(timespec="seconds")
    return format_html(
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{}：{}{}</title>'
        '<meta name="author" content="{}"><meta name="description" content="证书编号：{}{}">'  # untranslated: on paper
        '<meta name="keywords" content="{}"><meta name="dcterms.created" content="{}">'
        '<meta name="dcterms.modified" content="{}"></head><body>{}</body></html>',
        facts["heading"],
        certificate.studio_name,
        f"（{note}）" if note else "",
        "、".join(issuer["name"] for issuer in facts["issuers"]),
        certificate.number,
        f"。{note}" if note else "",
        mark_of(certificate.check_code),
        created,
        created,
        mark_safe(body),  # noqa: S308 — a design filled in, with every text escaped
    )


def in_words(day: date) -> str:
    """A date as Chinese documents write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_english(day: date) -> str:
    """A date as English documents write it."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def set_in_lines(text: str, steps: tuple[Step, ...]) -> dict[str, Any]:
    """How a text is set: the size for its length, its parts, and the width that makes their lines even."""
    step = next(step for step in steps if len(text) <= step.longest)
    end = next((words for words in KEPT_WHOLE if text.endswith(words) and len(text) > step.line), "")
    parts = [part for part in (text.removesuffix(end), end) if part]
    return {
        "text": text,
        "size": step.name,
        "parts": [{"text": _quoted(part), "width": _even_width(len(part), step.line)} for part in parts],
    }


def _quoted(text: str) -> SafeString:
    """A text whose full-width quotation marks stand in half of their square: the sheet takes the rest back."""
    marked = str(escape(text))
    for quote, name in (("“", "opening"), ("”", "closing")):
        marked = marked.replace(quote, f'<span class="{name}">{quote}</span>')
    return mark_safe(marked)  # noqa: S308


def _even_width(length: int, line: int) -> float:
    """The width in ems at which a text of `length` breaks into lines of nearly the same length."""
    lines = -(-length // line)
    return -(-length // lines) + 0.1


def _qr(address: str) -> SafeString:
    code = segno.make(address, error="m", micro=False)
    drawing = code.svg_inline(border=0, dark="#221e1a", svgclass="qr", title="查验二维码：" + address)
    return mark_safe(drawing)  # noqa: S308


@cache
def _seal(text: str, mark: str) -> SafeString:
    if missing := missing_characters(text + mark):
        raise CannotDraw(missing)
    return mark_safe(seal_svg(text, mark, f"印章：{text}（{mark}）" if mark else f"印章：{text}"))  # noqa: S308
