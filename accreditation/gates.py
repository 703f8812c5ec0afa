"""The gates 硬性条件: passed or failed, each with the sentence that shows why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext, pgettext_lazy

from accreditation import facts
from accreditation.facts import Document
from accreditation.rubric_types import HONOUR_LEVELS, NAMING_LEVELS, Gate, Rubric

HONOUR_NAMES: dict[str, Promise] = {
    "national": pgettext_lazy("荣誉层次", "国家级"),
    "provincial": pgettext_lazy("荣誉层次", "省部级"),
    "city": pgettext_lazy("荣誉层次", "市级"),
    "lower": pgettext_lazy("荣誉层次", "市级以下"),
}
NAMING_NAMES: dict[str, Promise] = {
    "national": pgettext_lazy("命名级别", "国家级"),
    "demonstration": pgettext_lazy("命名级别", "市级示范"),
    "city": pgettext_lazy("命名级别", "市级"),
    "district": pgettext_lazy("命名级别", "区县、产业或集团级"),
    "enterprise": pgettext_lazy("命名级别", "单位级"),
}


@dataclass(frozen=True)
class GateResult:
    """A gate, whether it is passed, and what the application says about it."""

    gate: Gate
    passed: bool
    working: str


def check_gates(rubric: Rubric, document: Document, *, on: date) -> list[GateResult]:
    """Check the gates of the level applied for, as things stand on the day `on` (the day of submitting).

    Raises KeyError if the rubric does not judge the level.
    """
    return [
        GateResult(gate, *CHECKS[gate.kind](gate, document, on))
        for gate in rubric.gates_for(document["level"])
    ]


def _honour(gate: Gate, document: Document, on: date) -> tuple[bool, str]:
    name = facts.text(facts.section(document, "leader"), "name")
    honour = facts.top_honour(document)
    if not name:
        return False, _("没有填写领军人物")
    if honour is None:
        return False, _("%(name)s，没有填写荣誉") % {"name": name}
    said = {"name": name, "title": facts.text(honour, "title"), "level": HONOUR_NAMES[honour["level"]]}
    working = (
        _("%(name)s，%(title)s（%(level)s）") % said if said["title"] else _("%(name)s，%(level)s") % said
    )
    passed = HONOUR_LEVELS.index(honour["level"]) >= HONOUR_LEVELS.index(str(gate.need))
    if passed:
        return True, working
    return False, _("%(working)s，须%(level)s以上") % {
        "working": working,
        "level": HONOUR_NAMES[str(gate.need)],
    }


def _team(gate: Gate, document: Document, on: date) -> tuple[bool, str]:
    have, need = len(facts.members(document)), int(gate.need or 0)
    people = npgettext("成员", "%(n)s人", "%(n)s人", have) % {"n": have}
    if have < need:
        return False, _("%(people)s，至少%(need)d人") % {"people": people, "need": need}
    if facts.section(document, "team").get("not_one_crew") is not True:
        return False, _("%(people)s，没有声明不是整建制的研发部门或班组") % {"people": people}
    return True, _("%(people)s，非整建制班组") % {"people": people}


def _running(gate: Gate, document: Document, on: date) -> tuple[bool, str]:
    written = facts.text(facts.section(document, "studio"), "founded")
    founded = facts.latest_day(written)
    if founded is None:
        return False, _("没有填写成立时间")
    years, need = max(0, _full_years(founded, on)), int(gate.need or 0)
    said = {
        "founded": partial_date(written),
        "run": ngettext("满%(count)d年", "满%(count)d年", years) % {"count": years},
        "need": ngettext("满%(count)d年", "满%(count)d年", need) % {"count": need},
    }
    if years < need:
        return False, _("%(founded)s成立，%(run)s，须%(need)s") % said
    return True, _("%(founded)s成立，已%(run)s") % said


def _site(gate: Gate, document: Document, on: date) -> tuple[bool, str]:
    studio = facts.section(document, "studio")
    address, area = facts.text(studio, "address"), facts.figure(studio, "area")
    if not address:
        return False, _("没有填写地址")
    if area is None or not area.number:
        return False, _("%(address)s，没有填写面积") % {"address": address}
    return True, _("%(address)s，%(area)s") % {"address": address, "area": area.display("㎡")}


def _funds(gate: Gate, document: Document, on: date) -> tuple[bool, str]:
    studio = facts.section(document, "studio")
    budget, sources = facts.figure(studio, "budget"), facts.text(studio, "budget_sources")
    if budget is None or not budget.number:
        return False, _("没有填写年度经费")
    said = {"budget": budget.display("万元"), "sources": sources}  # untranslated: a unit
    return True, _("每年%(budget)s，%(sources)s") % said if sources else _("每年%(budget)s") % said


def _naming(gate: Gate, document: Document, on: date) -> tuple[bool, str]:
    known = [row for row in document.get("namings") or [] if row.get("level") in NAMING_LEVELS]
    need = str(gate.need)
    if not known:
        return False, _("没有填写历次命名，须有%(level)s命名") % {"level": NAMING_NAMES[need]}
    naming = max(known, key=lambda row: NAMING_LEVELS.index(row["level"]))
    written = facts.text(naming, "date")
    working = str(NAMING_NAMES[naming["level"]])
    if written:
        working = _("%(level)s，%(date)s") % {"level": working, "date": partial_date(written)}
    if NAMING_LEVELS.index(naming["level"]) >= NAMING_LEVELS.index(need):
        return True, working
    return False, _("%(naming)s，须有%(level)s命名") % {"naming": working, "level": NAMING_NAMES[need]}


def partial_date(written: str) -> str:
    """A date as exact as it was written, in the reader's language: 2010年5月."""
    day = facts.latest_day(written)
    if day is None:
        return written
    pattern = {
        1: pgettext("日期格式", "Y年"),
        2: pgettext("日期格式", "Y年n月"),
        3: pgettext("日期格式", "Y年n月j日"),
    }[len(written.split("-"))]
    return dateformat.format(day, pattern)


def _full_years(since: date, on: date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


CHECKS: dict[str, Callable[[Gate, Document, date], tuple[bool, str]]] = {
    "honour": _honour,
    "team": _team,
    "running": _running,
    "site": _site,
    "funds": _funds,
    "naming": _naming,
}
