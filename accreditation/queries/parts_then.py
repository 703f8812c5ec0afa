"""Parts of an application as it stood: an open work, a seat on the panel, an objection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accreditation.models import Objection, Organisation, Scorecard
from accreditation.queries.replay_works import Round, Work
from accreditation.queries.signing_words import decision_word, terms_words


@dataclass(frozen=True)
class Holding:
    """An open work as it was: whose, since when, until when, and whom it waited for.

    `signers` are the names in a round, each with what was signed ("" for nothing) and whether it was their turn.
    """

    work: Work
    office: Organisation
    holder: str
    handed_by: str
    due_at: datetime | None
    adviser: str
    above: str
    signers: Sequence[tuple[str, str, bool]]

    @property
    def round(self) -> Round | None:
        """Return the round of signatures that ran, or was planned."""
        return self.work.round

    @property
    def terms(self) -> str:
        """Return when the round would pass, in words."""
        one = self.work.round
        return terms_words(one.mode, one.threshold, one.quorum, in_order=one.in_order) if one else ""

    @property
    def decision(self) -> str:
        """Return the word of the decision that waited for the round ("" for none)."""
        one = self.work.round
        return decision_word(one.decision) if one and one.decision else ""


@dataclass(frozen=True)
class SeatThen:
    """An expert's place on the panel as it was. `card` can be opened by the reader, and was handed in by then."""

    name: str
    seated_at: datetime
    submitted_at: datetime | None
    card: Scorecard | None


@dataclass(frozen=True)
class ObjectionThen:
    """An objection as it was known: the ruling only if there was one by then."""

    row: Objection | None
    filed_at: datetime
    outcome: str
    ruled_at: datetime | None

    @property
    def word(self) -> str:
        """Return the word of the outcome."""
        return str(dict(Objection.Outcome.choices).get(self.outcome, self.outcome))
