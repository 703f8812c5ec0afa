"""The marks that follow from the form: each with its working and with what would earn more."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from accreditation import facts
from accreditation.facts import Document
from accreditation.figures import Figure, plain
from accreditation.gates import HONOUR_NAMES
from accreditation.rubric_types import HONOUR_LEVELS, Computed, Indicator, Rubric, Step

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Mark:
    """The points of a computed indicator: "5人，计4分；满10人计5分", and "再有5名成员可得5分" or nothing."""

    indicator: Indicator
    points: Decimal
    working: str
    to_earn: str

    @property
    def max(self) -> Decimal:
        """The points of the indicator."""
        return self.indicator.points


@dataclass(frozen=True)
class Finding:
    """What the application has for an indicator: how much, in words, and what it has that cannot count."""

    amount: Decimal
    words: str
    left_out: str = ""


def computed_marks(rubric: Rubric, document: Document) -> dict[str, Mark]:
    """Score every computed indicator, by code. Years count back from the cycle's year, never from today.

    Raises ValueError if the document's cycle names no year.
    """
    return {
        indicator.code: _mark(indicator, indicator.computed, document)
        for indicator in rubric.indicators
        if indicator.computed
    }


def _mark(indicator: Indicator, computed: Computed, document: Document) -> Mark:
    finding = FINDERS[computed.rule](document, computed)
    reached = [step for step in computed.steps if step.at <= finding.amount]
    ahead = [step for step in computed.steps if step.at > finding.amount]
    points = reached[-1].points if reached else NOTHING
    working, to_earn = _("%(have)s，计%(points)s分") % {"have": finding.words, "points": plain(points)}, ""
    if ahead:
        said = {
            "working": working,
            "step": _threshold(computed.rule, ahead[0]),
            "points": plain(ahead[0].points),
        }
        working = _("%(working)s；%(step)s计%(points)s分") % said
        to_earn = _to_earn(computed.rule, ahead[0], finding)
    if finding.left_out:
        working = _("%(working)s；%(left_out)s") % {"working": working, "left_out": finding.left_out}
    return Mark(indicator, points, working, to_earn)


def _honour(document: Document, computed: Computed) -> Finding:
    honour = facts.top_honour(document)
    if honour is None:
        return Finding(NOTHING, _("没有填写荣誉"))
    said = {"title": facts.text(honour, "title"), "level": HONOUR_NAMES[honour["level"]]}
    words = _("%(title)s（%(level)s）") % said if said["title"] else str(said["level"])
    return Finding(Decimal(HONOUR_LEVELS.index(honour["level"]) + 1), words)


def _in_service(document: Document, computed: Computed) -> Finding:
    answer = facts.section(document, "leader").get("in_service")
    if answer is None:
        return Finding(NOTHING, _("没有填写是否在职"))
    return Finding(Decimal(bool(answer)), _("在职") if answer else _("不在职"))


def _members(document: Document, computed: Computed) -> Finding:
    have = len(facts.members(document))
    return Finding(Decimal(have), _people(Figure(Decimal(have))))


def _trainings(document: Document, computed: Computed) -> Finding:
    """The year with most trainings, among the cycle's year and those before it that the rule looks at."""
    rows = facts.rows(facts.section(document, "functions"), "trainings")
    years = _window(document, computed)
    by_year = {year: facts.counted(row for row in rows if row.get("year") == year) for year in years}
    best = max(by_year, key=lambda year: (by_year[year].at_least, year))
    if not by_year[best].number:
        words = _("%(years)s没有培训或交流") % {"years": _span(years)}
    else:
        words = _("%(year)d年%(count)s") % {"year": best, "count": _sure(by_year[best], _times)}
    return Finding(
        by_year[best].at_least, words, _without_year([row for row in rows if not row.get("year")], _times)
    )


def _registered(document: Document, computed: Computed) -> Finding:
    rows = facts.rows(facts.section(document, "topics"), "topics")
    years = _window(document, computed)
    dated = [(facts.year_of(facts.text(row, "registered")), row) for row in rows]
    found = facts.counted(row for year, row in dated if year in years)
    words = _("%(years)s立项%(count)s") % {"years": _span(years), "count": _sure(found, _topics)}
    return Finding(
        found.at_least, words, _without_year([row for year, row in dated if year is None], _topics)
    )


def _results(document: Document, computed: Computed) -> Finding:
    """Finished topics and awards together; patents and conversions are judged, not counted here."""
    topics = facts.section(document, "topics")
    finished = [row for row in facts.rows(topics, "topics") if row.get("status") == "done"]
    awards = facts.rows(topics, "awards")
    both = facts.counted([*finished, *awards])
    said = {
        "topics": _topics(facts.counted(finished)),
        "awards": _awards(facts.counted(awards)),
        "results": _sure(both, _result_count),
    }
    return Finding(both.at_least, _("完成课题%(topics)s、获奖%(awards)s，共%(results)s") % said)


def _window(document: Document, computed: Computed) -> range:
    last = facts.cycle_year(document)
    return range(last - computed.years + 1, last + 1)


def _span(years: range) -> str:
    if len(years) == 1:
        return _("%(year)d年") % {"year": years[0]}
    return _("%(first)d年至%(last)d年") % {"first": years[0], "last": years[-1]}


def _without_year(rows: Iterable[Mapping[str, Any]], noun: Callable[[Figure], str]) -> str:
    found = facts.counted(rows)
    return _("另有%(count)s没有写年份，不计") % {"count": noun(found)} if found.number else ""


def _sure(figure: Figure, noun: Callable[[Figure], str]) -> str:
    """The figure in words; with a qualifier also the number that it counts for: "10余项，按10项计"."""
    if not figure.qualifier:
        return noun(figure)
    return _("%(written)s，按%(counted)s计") % {
        "written": noun(figure),
        "counted": noun(Figure(figure.at_least)),
    }


def _threshold(rule: str, step: Step) -> str:
    if rule == "honour":
        return _("%(level)s荣誉") % {"level": HONOUR_NAMES[step.name]}
    if rule == "in_service":
        return _("在职")
    return _("满%(count)s") % {"count": NOUNS[rule](Figure(Decimal(step.at)))}


def _to_earn(rule: str, step: Step, finding: Finding) -> str:
    lack = int((step.at - finding.amount).to_integral_value(rounding=ROUND_CEILING))
    said = {"count": lack, "points": plain(step.points)}
    if rule == "honour":
        return _("%(honour)s可得%(points)s分") % {**said, "honour": _threshold(rule, step)}
    if rule == "in_service":
        return _("在职可得%(points)s分") % said
    if rule == "members":
        return (
            ngettext("再有%(count)d名成员可得%(points)s分", "再有%(count)d名成员可得%(points)s分", lack)
            % said
        )
    if rule == "trainings":
        return _training_to_earn(lack) % said
    if rule == "registered":
        return ngettext("再立项%(count)d项可得%(points)s分", "再立项%(count)d项可得%(points)s分", lack) % said
    return ngettext("再有%(count)d项成果可得%(points)s分", "再有%(count)d项成果可得%(points)s分", lack) % said


def _training_to_earn(lack: int) -> str:
    return ngettext(
        "同一年再有%(count)d次培训或交流可得%(points)s分",
        "同一年再有%(count)d次培训或交流可得%(points)s分",
        lack,
    )


def _people(figure: Figure) -> str:
    return npgettext("成员", "%(n)s人", "%(n)s人", int(figure.number)) % {"n": figure.display()}


def _times(figure: Figure) -> str:
    return npgettext("培训或交流", "%(n)s次", "%(n)s次", int(figure.number)) % {"n": figure.display()}


def _topics(figure: Figure) -> str:
    return npgettext("课题", "%(n)s项", "%(n)s项", int(figure.number)) % {"n": figure.display()}


def _awards(figure: Figure) -> str:
    return npgettext("获奖", "%(n)s项", "%(n)s项", int(figure.number)) % {"n": figure.display()}


def _result_count(figure: Figure) -> str:
    return npgettext("成果", "%(n)s项", "%(n)s项", int(figure.number)) % {"n": figure.display()}


FINDERS: dict[str, Callable[[Document, Computed], Finding]] = {
    "honour": _honour,
    "in_service": _in_service,
    "members": _members,
    "trainings": _trainings,
    "registered": _registered,
    "results": _results,
}
NOUNS: dict[str, Callable[[Figure], str]] = {
    "members": _people,
    "trainings": _times,
    "registered": _topics,
    "results": _result_count,
}
