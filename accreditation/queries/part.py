"""What part somebody has in one application, and which scorecards they may therefore read."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from accreditation.models import Application, Scorecard, User
from accreditation.permissions import AUDIT, DECIDE, OFFICE_FIELD, REVIEW, Office
from accreditation.states import Level, State


@dataclass(frozen=True)
class Part:
    """`levels`: where they review it, by grants alone (whether they must keep out is asked by each action)."""

    levels: frozenset[Level] = frozenset()
    decides_for_city: bool = False
    is_seated: bool = False
    audits: bool = False
    own_cards: Sequence[Scorecard] = field(default=(), compare=False)

    @property
    def reviews(self) -> bool:
        """Whether the reviewers' pages of the application are theirs."""
        return bool(self.levels) or self.is_seated

    @property
    def sees_panel(self) -> bool:
        """Whether they may know who sits on the panel and what came of it. The applicant and lower levels may not."""
        return self.decides_for_city or self.is_seated or self.audits


def part_of(application: Application, user: User, offices: Sequence[Office]) -> Part:
    """Return the user's part; `offices` are those of the user. One query."""
    of_application = {getattr(application, name): level for level, name in OFFICE_FIELD.items()}
    levels: set[Level] = set()
    at_city: frozenset[str] = frozenset()
    audits = False
    for office in offices:
        organisation = office.organisation
        level = of_application.get(organisation.pk)
        audits = audits or (
            AUDIT in office.grants and application.enterprise.path.startswith(organisation.path)
        )
        if level == Level.CITY:
            at_city = office.grants
        elif level and office.grants & {REVIEW, DECIDE}:
            levels.add(level)
    cards = list(application.scorecards.filter(expert=user).select_related("revision", "expert"))
    decides = DECIDE in at_city
    return Part(
        levels=frozenset(levels | ({Level.CITY} if decides else set())),
        decides_for_city=decides,
        is_seated=bool(cards) and REVIEW in at_city,
        audits=audits,
        own_cards=cards,
    )


def readable_cards(application: Application, user: User, part: Part) -> list[Scorecard]:
    """Return the scorecards that the user may read, their own among them, in the order of revisions and seats.

    Experts score without seeing each other: while their own card is open, no other exists for them. Who decides
    reads the cards once the scoring of their revision is over, an auditor when they are submitted.
    """
    if not (part.sees_panel or part.own_cards):
        return []
    cards = list(
        application.scorecards.select_related("revision", "expert").order_by("revision__number", "pk")
    )
    scores_now = any(card.submitted_at is None and _running(application, card) for card in part.own_cards)
    handed_in = {card.revision_id for card in part.own_cards if card.submitted_at}
    return [
        card
        for card in cards
        if card.expert_id == user.pk
        or (card.submitted_at and not scores_now and _is_open_to(application, card, part, handed_in))
    ]


def _is_open_to(application: Application, card: Scorecard, part: Part, handed_in: set[int]) -> bool:
    if not _running(application, card):
        return part.sees_panel
    if part.decides_for_city:
        return False
    return card.revision_id in handed_in if part.is_seated else part.audits


def _running(application: Application, card: Scorecard) -> bool:
    """Whether the scoring that the card belongs to still goes on."""
    return application.state == State.PANEL_SCORING and card.revision.number == application.revision_number
