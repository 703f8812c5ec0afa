"""The city's panel: seat experts, score, discuss, end the scoring."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.figures import plain
from accreditation.models import Application, Scorecard, User
from accreditation.permissions import DECIDE, AtLevel, may_score
from accreditation.queries.judging import discussion_of, findings, seen_of, submitted_cards
from accreditation.queries.sight import sight
from accreditation.states import Level, State
from accreditation.versions import process_of
from workflows.engine import perform, record
from workflows.models import Event
from workflows.refusals import NotPermitted, NotReady, Problem, Stale, WrongState

CITY_DECIDES = AtLevel(Level.CITY, (DECIDE,))


def convene(
    application: Application, *, by: User, at: datetime, expected_version: int, experts: Sequence[User]
) -> Event:
    """Seat experts, or add some while the scoring runs."""
    return perform(
        process_of(application),
        "convene",
        by=by,
        at=at,
        expected_version=expected_version,
        experts=list(experts),
    )


def save_card(
    application: Application,
    *,
    by: User,
    at: datetime,
    judged: Mapping[str, Decimal | None],
    comments: Mapping[str, str],
    seen: str | None = None,
) -> Scorecard:
    """Keep the expert's card as far as it is filled in; nobody else sees it.

    `seen` stands for the card that the page was made from (`seen_of`; None: whatever it is). Raises NotPermitted,
    WrongState, or Stale when another page saved other marks since.
    """
    with transaction.atomic():
        process = process_of(application).locked()
        _refuse_stranger(process.subject, by)
        card = process.subject.current_cards.get(expert=by)
        marks = {code: _mark(points, comments.get(code, "")) for code, points in judged.items()}
        if seen is not None and seen_of(card.marks) not in {seen, seen_of(marks)}:
            raise Stale(_("这张评分卡在别的页面存过。"), action="save", by=by, at=card.saved_at)
        card.marks, card.saved_at = marks, at
        card.save(update_fields=["marks", "saved_at"])
    return card


def score(
    application: Application,
    *,
    by: User,
    at: datetime,
    expected_version: int,
    judged: Mapping[str, Decimal],
    comments: Mapping[str, str],
) -> Event:
    """Submit the expert's own card for good. Raises NotReady with every mark or comment that is missing."""
    return perform(
        process_of(application),
        "score",
        by=by,
        at=at,
        expected_version=expected_version,
        judged=dict(judged),
        comments=dict(comments),
    )


def conclude(application: Application, *, by: User, at: datetime, expected_version: int) -> Event:
    """End the scoring once the quorum is in; cards not submitted are left out."""
    return perform(process_of(application), "conclude", by=by, at=at, expected_version=expected_version)


def discuss(
    application: Application,
    *,
    by: User,
    at: datetime,
    expected_version: int,
    finding: str,
    cards: Collection[UUID],
) -> Event:
    """Write down what the discussion of marked cards found; `cards` are those that the page showed as marked.

    Raises NotPermitted, WrongState (no scoring, or nothing is marked), Stale, NotReady.
    """
    with transaction.atomic():
        process = process_of(application).locked()
        subject = process.subject
        _refuse_who_does_not_conclude(subject, by)
        if subject.version != expected_version:
            raise Stale(_("这一件已经变动，重新打开后再办。"))
        spoken_of = _spoken_of(subject, cards)
        if not finding.strip():
            raise NotReady([Problem(_("写明合议意见。"), field="finding")])
        _refuse_repeated(subject, by, finding, spoken_of)
        return record(
            subject,
            "discuss",
            by=by,
            at=at,
            office=subject.city,
            role=DECIDE,
            reason=finding.strip(),
            **sight(subject),
            scorecards=sorted(spoken_of),
        )


def _refuse_who_does_not_conclude(application: Application, by: User) -> None:
    if application.state != State.PANEL_SCORING:
        raise WrongState(_("这一件现在不在专家评分环节。"))
    verdict = CITY_DECIDES(application, by)
    if not verdict:
        raise NotPermitted(verdict.reason, verdict.code)


def _spoken_of(application: Application, cards: Collection[UUID]) -> frozenset[str]:
    """Return the hashes of those of the cards that are marked. Nobody has discussed what they were not shown."""
    if submitted_cards(application).count() < application.cycle.quorum:
        raise WrongState(_("交满%(quorum)d张评分卡后再合议。") % {"quorum": application.cycle.quorum})
    marked = discussion_of(application).marked
    if not marked:
        raise WrongState(_("没有待合议的评分卡。"))
    shown = frozenset(one.card.sha256 for one in marked if one.card.public_id in cards)
    if not shown:
        raise Stale(_("待合议的评分卡有变动，重新打开后再办。"))
    return shown


def _refuse_repeated(application: Application, by: User, finding: str, spoken_of: frozenset[str]) -> None:
    latest = findings(application)[-1:]
    if latest and (latest[0].by, latest[0].said, latest[0].cards) == (by.name, finding.strip(), spoken_of):
        raise WrongState(_("同样的合议意见已经记录。"))


def _mark(points: Decimal | None, comment: str) -> dict[str, str]:
    return {"points": "" if points is None else plain(points), "comment": comment.strip()}


def _refuse_stranger(application: Application, by: User) -> None:
    if application.state != State.PANEL_SCORING:
        raise WrongState(_("这一件现在不在专家评分环节。"))
    verdict = may_score(application, by)
    if not verdict:
        raise NotPermitted(verdict.reason)
