"""What a certificate shows: its design filled in, as HTML and its sheets."""

import math
from base64 import b64encode
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

import segno
from django.conf import settings
from django.template import Engine
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from weasyprint import CSS

from certificates.configuration import configuration
from certificates.glyphs import CannotDraw, missing_characters
from certificates.marks import mark_of
from certificates.models import Certificate
from certificates.ornament import page_svg
from certificates.paper import FOLDER, OwnFiles, fonts
from certificates.proofs import place_of
from certificates.seal import seal_svg

DESIGNS = FOLDER / "designs"
# A name breaks before these words rather than inside them.
KEPT_WHOLE = ("劳模和工匠人才创新工作室", "劳模创新示范工作室", "劳模创新工作室")


class Step(NamedTuple):
    """One size of type: its class in the sheet, the longest name it is for, the characters a line holds."""

    name: str
    longest: float
    line: int


STUDIO_STEPS = (Step("large", 19, 19), Step("medium", 50, 23), Step("small", math.inf, 33))
ISSUER_LARGE = 11  # characters at the ordinary size
ENTERPRISE_STEPS = (Step("", 38, 38), Step("small", math.inf, 46))


def verification_url(certificate: Certificate) -> str:
    """Where the QR code leads."""
    return settings.BASE_URL + certificate.get_absolute_url()


def page(certificate: Certificate) -> str:
    """The design of a certificate with its text. Raises CannotDraw."""
    chosen = configuration()
    facts = {
        "certificate": certificate,
        "heading": chosen.heading,
        "issued_on": _in_words(certificate.issued_on),
        "valid_until": _in_words(certificate.valid_until),
        "created": timezone.localtime(certificate.registered_at).isoformat(timespec="seconds"),
        "mark": mark_of(certificate.check_code),
        "place": place_of(certificate.log_proof),
        "studio": _set(certificate.studio_name, STUDIO_STEPS),
        "enterprise": _set(f"（{certificate.enterprise_name}）", ENTERPRISE_STEPS),
        "issuer_step": "" if len(certificate.issuer) <= ISSUER_LARGE else "small",
        "qr": _qr(verification_url(certificate)),
        "seal": _seal(chosen.seal_text or certificate.issuer, chosen.seal_mark),
        "seal_mark": chosen.seal_mark,
    }
    return _engine().get_template(f"{certificate.design}/certificate.html").render(Context(facts))


def _in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _set(name: str, steps: tuple[Step, ...]) -> dict[str, Any]:
    """How a name is set: the size for its length, its parts, and the width that makes their lines even."""
    step = next(step for step in steps if len(name) <= step.longest)
    end = next((words for words in KEPT_WHOLE if name.endswith(words) and len(name) > step.line), "")
    parts = [part for part in (name.removesuffix(end), end) if part]
    return {
        "step": step.name,
        "parts": [{"text": part, "width": _even_width(len(part), step.line)} for part in parts],
    }


def _even_width(length: int, line: int) -> float:
    """The width in ems at which a text of `length` breaks into lines of nearly the same length."""
    lines = -(-length // line)
    return -(-length // lines) + 0.1


def _qr(address: str) -> SafeString:
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(border=0, dark="#221e1a", title="查验二维码：" + address))  # noqa: S308


def _seal(text: str, mark: str) -> SafeString:
    if missing := missing_characters(text + mark):
        raise CannotDraw(missing)
    return mark_safe(seal_svg(text, mark, f"印章：{text}（{mark}）" if mark else f"印章：{text}"))  # noqa: S308


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(DESIGNS)])


@cache
def stylesheets(design: int) -> list[CSS]:
    """The design's own sheet, and the frame as the page's background: decoration that no reader speaks."""
    frame = b64encode(page_svg().encode()).decode()
    ground = f'@page {{ background-image: url("data:image/svg+xml;base64,{frame}") }}'
    sheet = partial(CSS, font_config=fonts(), url_fetcher=OwnFiles())
    return [sheet(filename=DESIGNS / str(design) / "certificate.css"), sheet(string=ground)]
