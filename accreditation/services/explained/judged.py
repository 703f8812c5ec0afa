"""What was judged and how: revisions and scorecards."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from accreditation.models import Application, Revision, Rubric, Scorecard
from accreditation.services.explained.comparing import hold, hold_document, missing, place_of, stray
from accreditation.services.explained.histories import FREEZING, History
from workflows.ledger.verification.broken import Broken, Fault, Place

Applications = Sequence[Application]


def check_revisions(rows: Applications, said: Mapping[str, History]) -> int:
    """Check that the revisions are those that were frozen, word for word; return how many. Raises Broken."""
    revisions = Revision.objects.filter(application__in=rows).select_related("submitted_by")
    found = {(one.application_id, one.number): one for one in revisions}
    explained = set()
    for row in rows:
        for event in said[row.stream].said(*FREEZING):
            key = (row.pk, event.facts["revision"])
            revision = found.get(key)
            if revision is None:
                raise missing(event.place(Revision._meta.db_table, f"{row.public_id} {key[1]}"))
            place = place_of(revision, row.stream, event.sequence)
            hold_document(place, revision.document, revision.sha256, event.facts["document"])
            by = str(revision.submitted_by.public_id)
            found_ = {"submitted_at": revision.submitted_at, "submitted_by": by}
            hold(place, {"submitted_at": event.at, "submitted_by": event.actor}, found_)
            explained.add(key)
    for key, revision in found.items():
        if key not in explained:
            raise stray(revision)
    return len(found)


def check_cards(rows: Applications, said: Mapping[str, History]) -> int:
    """Check that the panel's cards are those of its seats, as they were submitted; return how many. Raises Broken."""
    cards = Scorecard.objects.filter(application__in=rows).select_related("revision", "expert").order_by("pk")
    found = {(one.application_id, one.revision.number, str(one.expert.public_id)): one for one in cards}
    explained = set()
    for row in rows:
        events = {event.facts["scorecard"]: event for event in said[row.stream].said("score")}
        for seat in said[row.stream].known.seats:
            key = (row.pk, seat.revision, seat.expert)
            card = found.get(key)
            event = events.get(seat.card)
            if card is None:
                number = event.sequence if event else None
                place = Place(Scorecard._meta.db_table, f"{row.public_id} {seat.expert}", row.stream, number)
                raise missing(place)
            place = place_of(card, row.stream, event.sequence if event else None)
            hold(place, {"submitted_at": seat.submitted_at}, vars(card))
            if event:
                hold_document(place, card.document, card.sha256, seat.card)
                _check_marks(place, card)
            explained.add(key)
    for key, card in found.items():
        if key not in explained:
            raise stray(card)
    return len(found)


def check_rubrics() -> None:
    """Check that each rubric is what its hash says. Raises Broken."""
    for rubric in Rubric.objects.order_by("pk").iterator():
        hold_document(place_of(rubric), rubric.document, rubric.sha256, rubric.sha256)


def _check_marks(place: Place, card: Scorecard) -> None:
    """The columns that repeat a submitted card must agree with it."""
    try:
        document = json.loads(card.document)
        expected = {"marks": document["judged"], "total": Decimal(document["total"])}
    except (LookupError, TypeError, ValueError, InvalidOperation) as error:
        raise Broken(place, Fault.UNREADABLE, _("内容不是系统写下的样子，无法读取")) from error
    hold(place, expected, vars(card))
