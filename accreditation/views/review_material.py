"""The frozen application document as facts to read: under each good what the rubric judges there."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accreditation.face.numbers import money
from accreditation.gates import HONOUR_NAMES
from accreditation.models import Application, StudioLevel, Topic
from accreditation.views.fact_rows import Fact, Parts, Row, day, labelled, line, measured, said, table, year

Document = Mapping[str, Any]
CATEGORIES, STATUSES = dict(Topic.Category.choices), dict(Topic.Status.choices)
NATURES, LEVELS = dict(Application.Nature.choices), dict(StudioLevel.choices)


def overview(document: Document) -> list[Fact]:
    """Return the enterprise and the studio: steps "enterprise", "studio" and "contact" of the form."""
    enterprise, studio, contact = document["enterprise"], document["studio"], document["contact"]
    return said(
        Fact(
            _("单位"),
            line(
                enterprise["name"],
                NATURES.get(enterprise["nature"], ""),
                enterprise["industry"],
                labelled(_("职工%(value)s"), measured(enterprise["staff"], "人")),  # untranslated: a unit
            ),
        ),
        Fact(_("所属工会"), line(enterprise["union"])),
        Fact(_("成立时间"), line(day(studio["founded"]))),
        table(
            _("历次命名"),
            document["namings"],
            lambda row: (
                row["title"] or str(LEVELS.get(row["level"], "")),
                str(LEVELS.get(row["level"], "")) if row["title"] else "",
                day(row["date"]),
                row["document_number"],
            ),
        ),
        Fact(_("联系人"), line(contact["name"], contact["phone"], contact["email"])),
    )


def leader(document: Document) -> list[Fact]:
    """Return what is said of the leader."""
    part = document["leader"]
    service = {True: _("在职"), False: _("不在职"), None: ""}[part["in_service"]]
    return said(
        Fact(_("姓名、岗位"), line(part["name"], part["post"], part["title"], part["skill_grade"], service)),
        table(
            _("荣誉"),
            part["honours"],
            lambda row: (
                row["title"],
                str(HONOUR_NAMES.get(row["level"], "")),
                year(row["year"]),
                row["document_number"],
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
    return said(
        Fact(_("团队"), line(_("%(count)d人") % {"count": len(part["members"])}, crew)),
        table(
            _("成员"),
            part["members"],
            lambda row: (
                row["name"],
                row["trade"],
                row["title"],
                row["education"],
                labelled(_("%(value)s年生"), str(row["birth_year"] or "")),
                row["role"],
            ),
        ),
        table(
            _("师带徒"),
            part["pairs"],
            lambda row: (
                _("%(master)s带%(apprentice)s") % {"master": row["master"], "apprentice": row["apprentice"]},
                labelled(_("%(value)s起"), year(row["since"])),
            ),
        ),
    )


def functions(document: Document) -> list[Fact]:
    """Return what is said of the functions, the site and the trainings."""
    part, studio = document["functions"], document["studio"]
    return said(
        Fact(_("职能"), prose=part["statement"]),
        Fact(_("场地"), line(studio["address"], measured(studio["area"], "㎡"))),
        Fact(_("主要设备"), prose=studio["equipment"]),
        table(
            _("培训与交流"),
            part["trainings"],
            lambda row: (
                row["name"],
                row["kind"],
                year(row["year"]),
                measured(row["count"], "次"),  # untranslated: a unit
                measured(row["person_times"], "人次"),  # untranslated: a unit
            ),
        ),
        table(
            _("技能晋升"),
            part["promotions"],
            lambda row: (
                row["grade"],
                measured(row["count"], "人"),  # untranslated: a unit
            ),
        ),
    )


def topics(document: Document) -> list[Fact]:
    """Return the topics and what came of them."""
    part = document["topics"]
    return said(
        table(_("课题"), part["topics"], _topic),
        table(_("专利"), part["patents"], _patent),
        table(_("获奖"), part["awards"], _award),
        table(_("转化与效益"), part["conversions"], _conversion),
    )


def _topic(row: Row) -> Parts:
    return (
        row["title"],
        str(CATEGORIES.get(row["category"], "")),
        labelled(_("%(value)s立项"), day(row["registered"])),
        str(STATUSES.get(row["status"], "")),
        measured(row["count"], "项"),  # untranslated: a unit
        row["result"],
    )


def _patent(row: Row) -> Parts:
    return (
        row["name"],
        row["kind"],
        row["number"],
        day(row["date"]),
        measured(row["count"], "项"),  # untranslated: a unit
    )


def _award(row: Row) -> Parts:
    return (
        row["title"],
        row["level"],
        year(row["year"]),
        measured(row["count"], "项"),  # untranslated: a unit
    )


def _conversion(row: Row) -> Parts:
    return (
        row["title"],
        year(row["year"]),
        measured(row["count"], "项"),  # untranslated: a unit
        labelled(_("效益%(value)s"), money(row["benefit"]) if row["benefit"] else ""),
    )


def mechanism(document: Document) -> list[Fact]:
    """Return the rules, the funds and the records."""
    part, studio = document["mechanism"], document["studio"]
    return said(
        table(
            _("制度"),
            part["rules"],
            lambda row: (row["title"], labelled(_("%(value)s制定"), day(row["issued"]))),
        ),
        Fact(
            _("经费"),
            line(
                labelled(_("每年%(value)s"), money(studio["budget"]) if studio["budget"] else ""),
                studio["budget_sources"],
            ),
        ),
        Fact(_("投入"), line(money(studio["investment"]) if studio["investment"] else "")),
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
