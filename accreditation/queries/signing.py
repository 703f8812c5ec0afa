"""Rounds of signatures as pages show them: who has signed, whose turn it is, what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.models import Application, User
from accreditation.permissions import OFFICE_FIELD
from accreditation.queries.part import Part
from accreditation.queries.signers import acting_in, cannot_sign
from accreditation.states import ActionWord, Level
from workflows.actors import Actor
from workflows.models import Signature, SigningRound

STATE = SigningRound.State
RUNNING = (STATE.PLANNED, STATE.OPEN)


@dataclass(frozen=True)
class Place:
    """One signer. `stands`: agree, disagree, turn, waits, or left where nobody needs the signature any more."""

    signature: Signature
    stands: str
    bar: str

    @property
    def substitute(self) -> str:
        """Return who signed in the signer's place."""
        signed = self.signature
        return signed.signed_by.name if signed.signed_by and signed.signed_by_id != signed.signer_id else ""


@dataclass(frozen=True)
class RoundView:
    """A round with its places in order, as one reader sees it.

    `signs_as` is as whom the reader signs now, `changes_as` as whom they may change the round (None: they may not).
    """

    round: SigningRound
    places: Sequence[Place]
    signs_as: Actor | None
    changes_as: Actor | None

    @property
    def terms(self) -> str:
        """Return when the round passes, in words."""
        one = self.round
        return terms_words(one.mode, one.threshold, one.quorum, in_order=one.in_order)

    @property
    def is_running(self) -> bool:
        """Whether it is planned or open."""
        return self.round.state in RUNNING

    @property
    def proposed(self) -> str:
        """Return what was decided and waits for the round, or waited for it."""
        action = self.round.proposal.get("action", "")
        return str(ActionWord(action).label) if action in ActionWord.values else ""

    @property
    def against(self) -> str:
        """Return the names of those who disagreed."""
        return _("、").join(one.signature.signer.name for one in self.places if one.stands == "disagree")

    @property
    def awaited(self) -> str:
        """Return the names of those whose turn it is."""
        return _("、").join(one.signature.signer.name for one in self.places if one.stands == "turn")

    @property
    def agreed(self) -> int:
        """Return how many have agreed."""
        return sum(one.stands == "agree" for one in self.places)


def terms_words(mode: str, threshold: int, quorum: int, *, in_order: bool) -> str:
    """Return when a round passes: 会签，全部同意才通过，按次序签署."""
    vote = ngettext("票签，%(count)d票同意即通过", "票签，%(count)d票同意即通过", threshold)
    said = {
        "all": _("会签，全部同意才通过"),
        "any": _("或签，1人同意即通过"),
        "vote": vote % {"count": threshold},
    }[mode]
    if quorum:
        least = ngettext("至少%(count)d人签署", "至少%(count)d人签署", quorum) % {"count": quorum}
        said = _("%(terms)s，%(more)s") % {"terms": said, "more": least}
    return _("%(terms)s，%(more)s") % {"terms": said, "more": _("按次序签署")} if in_order else said


def readable_rounds(application: Application, part: Part) -> QuerySet[SigningRound]:
    """Return the rounds of the application that the reader may see: those of their own office.

    At the city its experts see them too, since they may be asked to sign.
    """
    kind = ContentType.objects.get_for_model(Application)
    levels = set(part.levels) | ({Level.CITY} if part.is_seated else set())
    offices = [getattr(application, OFFICE_FIELD[level]) for level in levels]
    rounds = SigningRound.objects.filter(task__content_type=kind, task__object_id=application.pk)
    return rounds.filter(task__office__in=offices).select_related(
        "task__office", "opened_by", "task__assignee"
    )


def latest_round(application: Application, part: Part) -> SigningRound | None:
    """Return the round that concerns the open work: the one that runs, or the last that passed or was refused."""
    of_work = readable_rounds(application, part).filter(task__closed_at=None)
    return of_work.exclude(state=STATE.CANCELLED).order_by("-pk").first()


def round_view(application: Application, signing: SigningRound, user: User, at: datetime) -> RoundView:
    """Return the round for a reader. At most ten queries, however many sign."""
    rows = list(
        signing.signatures.filter(removed_at=None)
        .select_related("signer", "signed_by", "task")
        .order_by("position")
    )
    unsigned = [row.signer_id for row in rows if not row.verdict]
    running = signing.state in RUNNING
    barred = cannot_sign(application, unsigned) if running and unsigned else {}
    turn = [row.signer_id for row in rows if _stands(signing, row) == "turn"]
    office, changers = signing.task.office_id, {signing.opened_by_id, signing.task.assignee_id}
    return RoundView(
        round=signing,
        places=[Place(row, _stands(signing, row), barred.get(row.signer_id, "")) for row in rows],
        signs_as=acting_in(user, office, turn, at) if turn else None,
        changes_as=acting_in(user, office, changers, at) if running else None,
    )


def _stands(signing: SigningRound, place: Signature) -> str:
    if place.verdict:
        return place.verdict
    if signing.state not in RUNNING:
        return "left"
    return "turn" if place.task_id and signing.state == STATE.OPEN else "waits"
