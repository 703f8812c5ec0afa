"""The frozen application document as facts to read: under each good what the rubric judges there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accreditation.face.dates import partial_date
from accreditation.face.numbers import figure, money
from accreditation.gates import HONOUR_NAMES
from accreditation.models import Application, StudioLevel, Topic

Document = Mapping[str, Any]
Line = tuple[str, ...]
CATEGORIES, STATUSES = dict(Topic.Category.choices), dict(Topic.Status.choices)
NATURES, LEVELS = dict(Application.Nature.choices), dict(StudioLevel.choices)


@dataclass(frozen=True)
class Fact:
    """A row of facts: its label, and lines of parts that a hairline divides. `prose` is text somebody wrote."""

    label: str
    lines: tuple[Line, ...] = ()
    prose: str = ""


def overview(document: Document) -> list[Fact]:
    """Return the enterprise and the studio: steps "enterprise", "studio" and "contact" of the form."""
    enterprise, studio, contact = document["enterprise"], document["studio"], document["contact"]
    return _said(
        Fact(
            _("单位"),
            _line(
                enterprise["name"],
                NATURES.get(enterprise["nature"], ""),
                enterprise["industry"],
                _labelled(_("职工%(value)s"), _figure(enterprise["staff"], "人")),  # untranslated: a unit
            ),
        ),
        Fact(_("所属工会"), _line(enterprise["union"])),
        Fact(_("成立时间"), _line(_date(studio["founded"]))),
        Fact(
            _("历次命名"),
            _rows(
                document["namings"],
                lambda row: (
                    row["title"] or str(LEVELS.get(row["level"], "")),
                    str(LEVELS.get(row["level"], "")) if row["title"] else "",
                    _date(row["date"]),
                    row["document_number"],
                ),
            ),
        ),
        Fact(_("联系人"), _line(contact["name"], contact["phone"], contact["email"])),
    )


def leader(document: Document) -> list[Fact]:
    """Return what is said of the leader."""
    part = document["leader"]
    service = {True: _("在职"), False: _("不在职"), None: ""}[part["in_service"]]
    return _said(
        Fact(_("姓名、岗位"), _line(part["name"], part["post"], part["title"], part["skill_grade"], service)),
        Fact(
            _("荣誉"),
            _rows(
                part["honours"],
                lambda row: (
                    row["title"],
                    str(HONOUR_NAMES.get(row["level"], "")),
                    _year(row["year"]),
                    row["document_number"],
                ),
            ),
        ),
        Fact(_("本人成果"), prose=part["results"]),
        Fact(_("事迹"), prose=document["narrative"]),
    )


def team(document: Document) -> list[Fact]:
    """Return what is said of the team."""
    part = document["team"]
    crew = (
        _("声明：不是整建制的研发部门或班组")
        if part["not_one_crew"]
        else _("没有声明不是整建制的研发部门或班组")
    )
    return _said(
        Fact(_("团队"), _line(_("%(count)d人") % {"count": len(part["members"])}, crew)),
        Fact(
            _("成员"),
            _rows(
                part["members"],
                lambda row: (
                    row["name"],
                    row["trade"],
                    row["title"],
                    row["education"],
                    _labelled(_("%(value)s年生"), str(row["birth_year"] or "")),
                    row["role"],
                ),
            ),
        ),
        Fact(
            _("师带徒"),
            _rows(
                part["pairs"],
                lambda row: (
                    _("%(master)s带%(apprentice)s")
                    % {"master": row["master"], "apprentice": row["apprentice"]},
                    _labelled(_("%(value)s起"), _year(row["since"])),
                ),
            ),
        ),
    )


def functions(document: Document) -> list[Fact]:
    """Return what is said of the functions, the site and the trainings."""
    part, studio = document["functions"], document["studio"]
    return _said(
        Fact(_("职能"), prose=part["statement"]),
        Fact(_("场地"), _line(studio["address"], _figure(studio["area"], "㎡"))),
        Fact(_("主要设备"), prose=studio["equipment"]),
        Fact(
            _("培训与交流"),
            _rows(
                part["trainings"],
                lambda row: (
                    row["name"],
                    row["kind"],
                    _year(row["year"]),
                    _figure(row["count"], "次"),  # untranslated: a unit
                    _figure(row["person_times"], "人次"),  # untranslated: a unit
                ),
            ),
        ),
        Fact(
            _("技能晋升"),
            _rows(
                part["promotions"],
                lambda row: (
                    row["grade"],
                    _figure(row["count"], "人"),  # untranslated: a unit
                ),
            ),
        ),
    )


def topics(document: Document) -> list[Fact]:
    """Return the topics and what came of them."""
    part = document["topics"]
    return _said(
        Fact(
            _("课题"),
            _rows(
                part["topics"],
                lambda row: (
                    row["title"],
                    str(CATEGORIES.get(row["category"], "")),
                    _labelled(_("%(value)s立项"), _date(row["registered"])),
                    str(STATUSES.get(row["status"], "")),
                    _figure(row["count"], "项"),  # untranslated: a unit
                    row["result"],
                ),
            ),
        ),
        Fact(
            _("专利"),
            _rows(
                part["patents"],
                lambda row: (
                    row["name"],
                    row["kind"],
                    row["number"],
                    _date(row["date"]),
                    _figure(row["count"], "项"),  # untranslated: a unit
                ),
            ),
        ),
        Fact(
            _("获奖"),
            _rows(
                part["awards"],
                lambda row: (
                    row["title"],
                    row["level"],
                    _year(row["year"]),
                    _figure(row["count"], "项"),  # untranslated: a unit
                ),
            ),
        ),
        Fact(
            _("转化与效益"),
            _rows(
                part["conversions"],
                lambda row: (
                    row["title"],
                    _year(row["year"]),
                    _figure(row["count"], "项"),  # untranslated: a unit
                    _labelled(_("效益%(value)s"), money(row["benefit"]) if row["benefit"] else ""),
                ),
            ),
        ),
    )


def mechanism(document: Document) -> list[Fact]:
    """Return the rules, the funds and the records."""
    part, studio = document["mechanism"], document["studio"]
    return _said(
        Fact(
            _("制度"),
            _rows(
                part["rules"], lambda row: (row["title"], _labelled(_("%(value)s制定"), _date(row["issued"])))
            ),
        ),
        Fact(
            _("经费"),
            _line(
                _labelled(_("每年%(value)s"), money(studio["budget"]) if studio["budget"] else ""),
                studio["budget_sources"],
            ),
        ),
        Fact(_("投入"), _line(money(studio["investment"]) if studio["investment"] else "")),
        Fact(_("活动台账"), prose=part["ledger"]),
        Fact(_("年度计划与总结"), prose=part["plan"]),
    )


OF_GOOD: dict[str, Callable[[Document], list[Fact]]] = {
    "leader": leader,
    "team": team,
    "functions": functions,
    "topics": topics,
    "mechanism": mechanism,
}


def _said(*facts: Fact) -> list[Fact]:
    """A fact about which nothing was said is shown as such: that it is missing is what a reviewer must see."""
    return [fact if fact.lines or fact.prose else Fact(fact.label, ((_("未填"),),)) for fact in facts]


def _line(*parts: Any) -> tuple[Line, ...]:
    said = tuple(str(part) for part in parts if part)
    return (said,) if said else ()


def _rows(
    rows: Iterable[Mapping[str, Any]], parts: Callable[[Mapping[str, Any]], Iterable[Any]]
) -> tuple[Line, ...]:
    return tuple(line for row in rows for line in _line(*parts(row)))


def _labelled(words: str, value: str) -> str:
    return words % {"value": value} if value else ""


def _figure(value: Any, unit: str) -> str:
    return figure(value, unit) if value else ""


def _date(written: str) -> str:
    return partial_date(written) if written else ""


def _year(year: int | None) -> str:
    return partial_date(str(year)) if year else ""
