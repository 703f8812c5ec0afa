"""Whether an issuer's choices make sense, before anything is drawn with them."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import NamedTuple

from django.utils.translation import gettext as _

from certificates.configuration import BOTH, CHINESE, Configuration
from certificates.glyphs import missing_characters

LONGEST: dict[str, int] = {
    "issuer": 60,
    "issuer_en": 120,
    "title": 60,
    "title_en": 120,
    "heading": 12,
    "heading_en": 60,
    "before": 60,
    "before_en": 160,
    "after": 80,
    "after_en": 160,
    "number_format": 80,
    "seal_text": 30,
    "seal_mark": 6,
}
"""The most characters of each text."""
MAY_BE_EMPTY = frozenset({"seal_text", "seal_mark", "before", "before_en"})
MOST_JOINT = 3
YEARS = range(1, 21)
WIDTH = re.compile(r"(0?[1-9])?d?")


class Wrong(NamedTuple):
    """One choice that cannot be: its field, and what to do."""

    field: str
    message: str


def wrong_choices(chosen: Configuration) -> list[Wrong]:
    """What cannot be; [] where everything can."""
    found = [*_texts(chosen), *_joint(chosen), *_number(chosen.number_format)]
    if "{title}" not in chosen.after:
        found.append(Wrong("after", _("写入{title}，称号出现在这里")))
    if chosen.valid_years not in YEARS:
        found.append(Wrong("valid_years", _("填写1至20")))
    if chosen.language not in (CHINESE, BOTH):
        found.append(Wrong("language", _("选择语言")))
    return found


def _texts(chosen: Configuration) -> Iterator[Wrong]:
    for field, most in LONGEST.items():
        text: str = getattr(chosen, field)
        optional = field in MAY_BE_EMPTY or (field.endswith("_en") and chosen.language == CHINESE)
        if not text and not optional:
            yield Wrong(field, _("填写这一项"))
        elif len(text) > most:
            yield Wrong(field, _("最多%(count)d个字符") % {"count": most})
        elif missing := missing_characters(text):
            yield Wrong(field, _("证书字库里没有“%(characters)s”") % {"characters": missing})


def _joint(chosen: Configuration) -> Iterator[Wrong]:
    for field in ("joint_issuers", "joint_issuers_en"):
        names: tuple[str, ...] = getattr(chosen, field)
        if len(names) > MOST_JOINT:
            yield Wrong(field, _("最多%(count)d个联合颁发单位") % {"count": MOST_JOINT})
        if any(len(name) > LONGEST["issuer_en" if field.endswith("_en") else "issuer"] for name in names):
            yield Wrong(field, _("每个名称最多%(count)d个字符") % {"count": LONGEST["issuer"]})
        if missing := missing_characters("".join(names)):
            yield Wrong(field, _("证书字库里没有“%(characters)s”") % {"characters": missing})
    if len(set(chosen.joint_issuers) | {chosen.issuer}) <= len(chosen.joint_issuers):
        yield Wrong("joint_issuers", _("每个单位只写一次"))
    if chosen.language == BOTH and len(chosen.joint_issuers_en) != len(chosen.joint_issuers):
        yield Wrong("joint_issuers_en", _("按中文的顺序，每个单位写一行英文名称"))


def _number(pattern: str) -> Iterator[Wrong]:
    """The pattern may hold the year and the serial, each once and with a width, and nothing else.

    So a number is never longer than its pattern, and two are never the same.
    """
    try:
        parts = [part for part in Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        parts = []
    plain = all(not conversion and WIDTH.fullmatch(width or "") for _text, _name, width, conversion in parts)
    if not plain or sorted(name or "" for _text, name, _width, _conversion in parts) != ["serial", "year"]:
        yield Wrong("number_format", _("写入{year}和{serial}各一次，如“渝劳模创〔{year}〕第{serial:04d}号”"))
