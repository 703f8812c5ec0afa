"""What a rubric is made of: gates, goods, indicators, steps, lines. `rubric.load` reads and checks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language

GOODS = ("leader", "team", "functions", "topics", "mechanism")
CHARACTERS = {
    "leader": "人",  # untranslated: a sign
    "team": "队",  # untranslated: a sign
    "functions": "职",  # untranslated: a sign
    "topics": "题",  # untranslated: a sign
    "mechanism": "制",  # untranslated: a sign
}
LEVELS = ("district", "city", "demonstration")
HONOUR_LEVELS = ("lower", "city", "provincial", "national")
NAMING_LEVELS = ("enterprise", "district", "city", "demonstration", "national")

GATE_KINDS = ("honour", "team", "running", "site", "funds", "naming")
GATE_LADDERS = {"honour": HONOUR_LEVELS, "naming": NAMING_LEVELS}  # kinds whose need is a rung of a ladder
COUNTED_KINDS = ("team", "running")  # kinds whose need is a number
RULES = ("honour", "in_service", "members", "trainings", "registered", "results")
RULES_OVER_YEARS = ("trainings", "registered")  # rules that look at a number of years


@dataclass(frozen=True)
class Text:
    """A text of the rubric in Chinese and in English."""

    zh: str
    en: str

    def local(self) -> str:
        """The text in the reader's language: Chinese for Chinese, English for everybody else."""
        return self.zh if (get_language() or "zh").startswith("zh") else self.en

    def __str__(self) -> str:
        return self.local()


@dataclass(frozen=True)
class Gate:
    """A hard condition. `need` is a rung (kinds honour, naming), a number (team, running) or None."""

    code: str
    kind: str
    levels: tuple[str, ...]
    need: str | int | None
    text: Text


@dataclass(frozen=True)
class Step:
    """From `at` on, `points` are earned. `name` is the rung where the rule climbs a ladder (honour)."""

    at: int
    points: Decimal
    name: str = ""


@dataclass(frozen=True)
class Computed:
    """How the system scores an indicator: a rule, its steps, and how many years it looks at (0: all)."""

    rule: str
    steps: tuple[Step, ...]
    years: int = 0


@dataclass(frozen=True)
class Indicator:
    """What earns points within a good; a reviewer judges it unless `computed` is given."""

    code: str
    title: Text
    points: Decimal
    hint: Text
    computed: Computed | None


@dataclass(frozen=True)
class Good:
    """One of the five goods, with its sign (人 队 职 题 制)."""

    code: str
    character: str
    title: Text
    points: Decimal
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class EvidenceNeed:
    """At least one file of one of these kinds must be attached to the good."""

    good: str
    any_of: tuple[str, ...]


@dataclass(frozen=True)
class Requirements:
    """What must at least be there for an application to be submitted."""

    members: int
    topics: int
    rules: int
    studio_suffixes: tuple[str, ...]
    evidence: tuple[EvidenceNeed, ...]


@dataclass(frozen=True)
class Rubric:
    """A valid rubric. Points are out of 100; percentages are whole numbers of a hundred."""

    version: str
    title: Text
    notes: Text
    good_percent: Decimal
    total_lines: Mapping[str, Decimal]
    mark_step: Decimal
    comment_percent: Decimal
    trim_from: int
    requirements: Requirements
    gates: tuple[Gate, ...]
    goods: tuple[Good, ...]
    sha256: str = ""

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator, in the order of the goods."""
        return tuple(indicator for good in self.goods for indicator in good.indicators)

    @property
    def judged(self) -> tuple[Indicator, ...]:
        """The indicators that a reviewer marks."""
        return tuple(indicator for indicator in self.indicators if indicator.computed is None)

    def good(self, code: str) -> Good:
        """The good of that code. Raises KeyError if there is none."""
        return {good.code: good for good in self.goods}[code]

    def indicator(self, code: str) -> Indicator:
        """The indicator of that code. Raises KeyError if there is none."""
        return {indicator.code: indicator for indicator in self.indicators}[code]

    def gates_for(self, level: str) -> tuple[Gate, ...]:
        """The gates of a studio level. Raises KeyError for a level that this rubric does not judge."""
        if level not in self.total_lines:
            raise KeyError(level)
        return tuple(gate for gate in self.gates if level in gate.levels)

    def total_line(self, level: str) -> Decimal:
        """The total that a studio of the level must reach. Raises KeyError for an unknown level."""
        return self.total_lines[level]

    def good_line(self, good: Good) -> Decimal:
        """The points that must be reached in a good."""
        return good.points * self.good_percent / 100
