"""What part somebody has in one application, and which scorecards they may therefore read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from accreditation.models import Application, Scorecard, User
from accreditation.permissions import AUDIT, DECIDE, OFFICE_FIELD, REVIEW
from accreditation.scope import Office, appointments_of, copied, offices_stood_in
from accreditation.states import Level, State
from accreditation.work import last_decision


@dataclass(frozen=True)
class Part:
    """`levels`: where they review it, by grants alone (whether they must keep out is asked by each action).

    `is_copied`: they may read it as its reviewers do, and do nothing.
    """

    levels: frozenset[Level] = frozenset()
    decides_for_city: bool = False
    is_seated: bool = False
    audits: bool = False
    is_copied: bool = False
    own_cards: Sequence[Scorecard] = field(default=(), compare=False)

    @property
    def reviews(self) -> bool:
        """Whether the reviewers' pages of the application are theirs."""
        return bool(self.levels) or self.is_seated or self.is_copied

    @property
    def sees_panel(self) -> bool:
        """Whether they may know who sits on the panel and what came of it. The applicant and lower levels may not."""
        return self.decides_for_city or self.is_seated or self.audits


def part_of(application: Application, user: User, offices: Sequence[Office]) -> Part:
    """Return the user's part; `offices` are those of the user, to which come those where they stand in or were named.

    Four queries.
    """
    of_application = {getattr(application, name): level for level, name in OFFICE_FIELD.items()}
    levels: set[Level] = set()
    at_city: frozenset[str] = frozenset()
    audits = False
    for office in [*offices, *offices_stood_in(user, timezone.now())]:
        organisation = office.organisation
        level = of_application.get(organisation.pk)
        audits = audits or (
            AUDIT in office.grants and application.enterprise.path.startswith(organisation.path)
        )
        if level == Level.CITY:
            at_city |= office.grants
        elif level and office.grants & {REVIEW, DECIDE}:
            levels.add(level)
    named = {of_application.get(office) for office in appointments_of(user, application)}
    levels |= {level for level in named if level is not None}
    cards = list(application.scorecards.filter(expert=user).select_related("revision", "expert"))
    decides = DECIDE in at_city or Level.CITY in named
    return Part(
        levels=frozenset(levels | ({Level.CITY} if decides else set())),
        decides_for_city=decides,
        is_seated=bool(cards) and REVIEW in at_city,
        audits=audits,
        is_copied=copied(user).filter(pk=application.pk).exists(),
        own_cards=cards,
    )


def readable_cards(application: Application, user: User, part: Part) -> list[Scorecard]:
    """Return the scorecards that the user may read, their own among them, in the order of revisions and seats.

    Experts score without seeing each other: while their own card is open, no other exists for them, nor before as
    many are in as the cycle's quorum; a scoring that was broken off before that never shows them. Who decides reads
    the cards once the scoring of their revision is over, an auditor when they are submitted.
    """
    if not (part.sees_panel or part.own_cards):
        return []
    cards = list(
        application.scorecards.select_related("revision", "expert").order_by("revision__number", "pk")
    )
    alone, open_revision = is_scoring(application, part), _scored_revision(application)
    shared = _shared(application, part, cards)

    def is_readable(card: Scorecard) -> bool:
        if card.expert_id == user.pk:
            return True
        if not card.submitted_at or alone:
            return False
        return _is_open_to(
            application, part, card.revision_id in shared, card.revision.number == open_revision
        )

    return [card for card in cards if is_readable(card)]


def is_scoring(application: Application, part: Part) -> bool:
    """Whether they have a card of the running scoring to give: until then they judge alone."""
    waiting = {card.revision.number for card in part.own_cards if card.submitted_at is None}
    return bool(waiting) and _scored_revision(application) in waiting


def _shared(application: Application, part: Part, cards: Sequence[Scorecard]) -> set[int]:
    """Return the revisions of which an expert may read the others' cards: their own is in, and so is the quorum."""
    own = {card.revision_id for card in part.own_cards if card.submitted_at}
    handed_in = Counter(card.revision_id for card in cards if card.submitted_at)
    return {revision for revision in own if handed_in[revision] >= application.cycle.quorum}


def _is_open_to(application: Application, part: Part, is_shared: bool, is_running: bool) -> bool:
    if part.decides_for_city:
        return not is_running
    if part.is_seated:
        concluded = not is_running and application.total is not None
        return is_shared or concluded
    return part.audits


def _scored_revision(application: Application) -> int | None:
    """Return the revision whose scoring goes on, or goes on again if the decision that broke it off is taken back."""
    if application.state == State.PANEL_SCORING:
        return application.revision_number
    if application.state == State.RETURNED_BY_CITY:
        decision = last_decision(application)
        if decision is not None and decision.from_state == State.PANEL_SCORING:
            return application.revision_number
    return None
