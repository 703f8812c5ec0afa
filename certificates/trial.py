"""Drawing a design before it is used: what cannot be drawn is refused when it is saved, never when it is issued."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import product

import tinycss2
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from weasyprint.urls import FatalURLFetchingError

from certificates.configuration import BOTH, CHINESE, Configuration
from certificates.designs import Prepared, Source, UnknownDesign, prepare, prepared
from certificates.glyphs import CannotDraw
from certificates.inspection import foreign_tags, misplaced, missing
from certificates.metadata import add_accessibility_mark
from certificates.models import CODE_LENGTH, Certificate, Design
from certificates.page import drawn, facts_of
from certificates.paper import check_fonts
from certificates.proofs import Place
from certificates.sandbox import MOST_CHARACTERS, BadTemplate, NestedLoop, UnknownVariable

DAY = date(2026, 10, 16)
PLACE = Place(1_234_567, 1_234_568, "7f876c77e676")
LONG_NAME = "重庆市能源投资集团有限公司所属重庆松藻煤电有限责任公司打通一煤矿机电运输管理区"
LENGTHS = (False, True)
"""Whether names are as long as they can be."""
FULL = 100
"""Characters of the longest name of a studio and of an enterprise."""
AT_RULES = frozenset({"page", "media"})


def sample(chosen: Configuration, *, longest: bool) -> Certificate:
    """A certificate that stands nowhere, with the shortest or the longest text there can be."""
    end = "劳模创新工作室"
    return Certificate(
        year=DAY.year,
        serial=99_999 if longest else 0,
        number=chosen.number_format.format(year=DAY.year, serial=99_999 if longest else 0),
        check_code="0" * CODE_LENGTH,
        studio_name=(LONG_NAME * 3)[: FULL - len(end)] + end if longest else "米钰林" + end,
        enterprise_name=(LONG_NAME * 3)[:FULL] if longest else "中国石化集团四川维尼纶厂",
        title=chosen.title,
        issuer=chosen.issuer,
        joint_issuers=list(chosen.joint_issuers),
        decision_number="渝工发〔2026〕18号",
        issued_on=DAY,
        valid_until=DAY.replace(year=DAY.year + chosen.valid_years, day=DAY.day - 1),
        registered_at=datetime(2026, 10, 16, tzinfo=UTC),
    )


@dataclass(frozen=True)
class Trial:
    """A sample: the PDF, as it would be issued but for number and proof, or why it cannot be drawn."""

    problems: list[str]
    pdf: bytes = b""


def try_layout(chosen: Configuration, purpose: Design.Purpose, *, longest: bool) -> Trial:
    """Draw one sample of a certificate or a plaque with these choices."""
    key = chosen.plaque if purpose == Design.Purpose.PLAQUE else chosen.design
    return _tried(lambda: prepared(key), purpose, [chosen], [longest])


def try_design(source: Source, purpose: Design.Purpose, chosen: Configuration, *, longest: bool) -> Trial:
    """Draw one sample in a design that is kept nowhere yet."""
    if problems := _rules_of(source):
        return Trial(problems)
    return _tried(lambda: prepare(source), purpose, [chosen], [longest])


def problems_of_layout(chosen: Configuration) -> list[str]:
    """Why certificates and plaques cannot be made with these choices, in words; [] if they can."""
    return [
        problem
        for purpose in Design.Purpose
        for longest in LENGTHS
        for problem in try_layout(chosen, purpose, longest=longest).problems
    ]


def problems_of_design(source: Source, purpose: Design.Purpose, chosen: Configuration) -> list[str]:
    """Why a design cannot be used, in words: drawn in both languages with the issuer's choices; [] if it can."""
    if problems := _rules_of(source):
        return problems
    both = [replace(chosen, language=language) for language in (CHINESE, BOTH)]
    return _tried(lambda: prepare(source), purpose, both, LENGTHS).problems


def _tried(
    make: Callable[[], Prepared],
    purpose: Design.Purpose,
    choices: Sequence[Configuration],
    lengths: Sequence[bool],
) -> Trial:
    """Draw every sample; the first that has problems, else the last."""
    trial = Trial([])
    try:
        with _warnings() as warned:
            design = make()
        if warned:
            return Trial(_about_the_sheet(warned))
        for chosen, longest in product(choices, lengths):
            trial = _drawn(chosen, design, purpose, longest=longest)
            if trial.problems:
                break
    except (BadTemplate, FatalURLFetchingError, CannotDraw, UnknownDesign) as error:
        return Trial([_said(error)])
    return trial


def _said(error: Exception) -> str:
    """What stopped a drawing, in words."""
    if isinstance(error, UnknownVariable):
        return _("没有变量“%(name)s”。") % {"name": error.what}
    if isinstance(error, NestedLoop):
        return _("模板第%(line)d行：循环里不能再有循环。") % {"line": error.line}
    if isinstance(error, BadTemplate):
        return _("模板第%(line)d行有误：%(what)s") % {"line": error.line, "what": error.what}
    if isinstance(error, CannotDraw):
        return _("证书字库画不出“%(what)s”；字体只有“Wuhao Serif”。") % {"what": error.what}
    if isinstance(error, UnknownDesign):
        return _("没有这个样式。")
    return _("只能使用自带的文件和data:地址：%(what)s") % {"what": error}


def _rules_of(source: Source) -> list[str]:
    """What a design may not have, before it is drawn: too much text, a font of its own, another sheet."""
    if max(len(source.template), len(source.sheet)) > MOST_CHARACTERS:
        return [_("模板和样式表各不超过%(count)d个字符。") % {"count": MOST_CHARACTERS}]
    rules = tinycss2.parse_stylesheet(source.sheet, skip_comments=True, skip_whitespace=True)
    found = [
        _("样式表第%(line)d行：不能使用@%(rule)s。") % {"line": rule.source_line, "rule": rule.at_keyword}
        for rule in rules
        if rule.type == "at-rule" and rule.lower_at_keyword not in AT_RULES
    ]
    wrong = [rule for rule in rules if rule.type == "error"]
    return found + [
        _("样式表第%(line)d行有误：%(what)s") % {"line": rule.source_line, "what": rule.message}
        for rule in wrong
    ]


def _about_the_sheet(warned: Sequence[str]) -> list[str]:
    return [_("样式表有误：%(what)s") % {"what": what} for what in warned]


def _drawn(chosen: Configuration, design: Prepared, purpose: Design.Purpose, *, longest: bool) -> Trial:
    certificate = sample(chosen, longest=longest)
    with _warnings() as warned:
        document = drawn(design, certificate, facts_of(certificate, chosen, PLACE))
    if warned:
        return Trial(_about_the_sheet(warned))
    if tags := foreign_tags(document):
        return Trial([_("模板里不能有<%(tag)s>。") % {"tag": tag} for tag in tags])
    if (count := len(document.pages)) != 1:
        said = ngettext("占%(count)d页，只能占一页。", "占%(count)d页，只能占一页。", count)
        return Trial([said % {"count": count}])
    if problems := [*missing(document, certificate, purpose), *misplaced(document)]:
        return Trial(problems)
    add_accessibility_mark(document)
    pdf = document.write_pdf(
        finisher=check_fonts, pdf_variant="pdf/a-3a", pdf_identifier=b"sample", pdf_tags=True
    )
    return Trial([], pdf)


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """What WeasyPrint finds wrong with a sheet meanwhile, in this thread."""
    logger, found, here = logging.getLogger("weasyprint"), list[str](), threading.get_ident()

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == here:
                found.append(record.getMessage())

    handler = Kept(logging.WARNING)
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)
