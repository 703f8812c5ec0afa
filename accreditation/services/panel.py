"""The city's panel: seat experts, score, end the scoring."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.figures import plain
from accreditation.models import Application, Scorecard, User
from accreditation.permissions import may_score
from accreditation.process import ReviewProcess
from accreditation.states import State
from workflows.engine import perform
from workflows.models import Event
from workflows.refusals import NotPermitted, WrongState


def convene(
    application: Application, *, by: User, at: datetime, expected_version: int, experts: Sequence[User]
) -> Event:
    """Seat experts, or add some while the scoring runs."""
    return perform(
        ReviewProcess(application),
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
) -> Scorecard:
    """Keep the expert's card as far as it is filled in; nobody else sees it. Raises NotPermitted, WrongState."""
    with transaction.atomic():
        process = ReviewProcess(application).locked()
        _refuse_stranger(process.subject, by)
        card = process.subject.current_cards.get(expert=by)
        card.marks = {
            code: {"points": "" if points is None else plain(points), "comment": comments.get(code, "")}
            for code, points in judged.items()
        }
        card.saved_at = at
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
        ReviewProcess(application),
        "score",
        by=by,
        at=at,
        expected_version=expected_version,
        judged=dict(judged),
        comments=dict(comments),
    )


def conclude(application: Application, *, by: User, at: datetime, expected_version: int) -> Event:
    """End the scoring once the quorum is in; cards not submitted are left out."""
    return perform(ReviewProcess(application), "conclude", by=by, at=at, expected_version=expected_version)


def _refuse_stranger(application: Application, by: User) -> None:
    if application.state != State.PANEL_SCORING:
        raise WrongState(_("这一件现在不在专家评分环节。"))
    verdict = may_score(application, by)
    if not verdict:
        raise NotPermitted(verdict.reason)
