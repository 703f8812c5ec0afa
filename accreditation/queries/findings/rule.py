"""What a rule is: which events it looks at, what it finds among them, and how that is said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accreditation.models import Application, Finding
from accreditation.queries.findings.batch import Batch
from accreditation.states import ActionWord
from workflows.models import Event


def word(action: str) -> str:
    """Return the word of an action; one that has none is shown as it stands."""
    return str(ActionWord(action).label) if action in ActionWord.values else action


@dataclass(frozen=True)
class Found:
    """What a rule has found: `key` is what it is about, so that the rule does not find it twice.

    `event` is the one that gave it away and `others` belong to it; `office` (by its key) is the body whose auditors
    are shown it. `person` is whom it concerns, `people` (their public identifiers) whom it concerns as well. `facts`
    are the figures of its reason, as JSON without floats and without names.
    """

    key: str
    event: Event
    office: int
    person: int | None = None
    people: Sequence[str] = ()
    application: Application | None = None
    cycle: int | None = None
    others: Sequence[Event] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Telling:
    """A finding that is being put into words; `names` are those of people, by their public identifiers."""

    finding: Finding
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The figures of the finding."""
        return self.finding.facts

    @property
    def person(self) -> str:
        """The name of whom it concerns."""
        return self.finding.person.name if self.finding.person else _("有关人员")

    @property
    def said(self) -> dict[str, Any]:
        """The figures, with the name of whom it concerns, for the sentences."""
        return {**self.facts, "person": self.person}

    def name(self, public_id: str) -> str:
        """Return the name of somebody else."""
        return self.names.get(public_id) or _("有关人员")

    def moment(self, key: str) -> str:
        """Return a moment among the figures in words: its day and its time to the minute."""
        return date_format(localtime(datetime.fromisoformat(self.facts[key])), "DATETIME_FORMAT")

    def day(self, key: str) -> str:
        """Return the day of a moment among the figures."""
        return date_format(localtime(datetime.fromisoformat(self.facts[key])), "DATE_FORMAT")


@dataclass(frozen=True)
class Rule:
    """A rule. `looks_for` says what it finds, with its thresholds, and `harmless` why that may be nothing.

    `headline` is one finding in a few words, `reason` what exactly was found. `look` asks a constant number of
    queries, however many events the batch has, beside a few for each that it does find.
    """

    code: str
    name: str | Promise
    actions: frozenset[str]
    look: Callable[[Batch], Iterable[Found]]
    looks_for: Callable[[], str]
    harmless: str | Promise
    headline: Callable[[Telling], str]
    reason: Callable[[Telling], str]

    def headline_of(self, telling: Telling) -> str:
        """Return the headline; the rule's name where the figures do not fit, as after tampering."""
        with suppress(LookupError, TypeError, ValueError, ArithmeticError):
            return self.headline(telling)
        return str(self.name)

    def reason_of(self, telling: Telling) -> str:
        """Return the reason; where the figures do not fit, what the rule looks for."""
        with suppress(LookupError, TypeError, ValueError, ArithmeticError):
            return self.reason(telling)
        return self.looks_for()
