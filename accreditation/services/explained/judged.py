"""What was judged and how: revisions and scorecards."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, OuterRef, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accreditation.figures import plain
from accreditation.models import Revision, Rubric, Scorecard, User
from accreditation.services.explained.applications import Applications
from accreditation.services.explained.comparing import hold, hold_document, missing, place_of, stray
from accreditation.services.explained.histories import FREEZING
from workflows.ledger.verification.broken import Broken, Fault, Place

_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def check_revisions(batch: Applications) -> int:
    """Check that the revisions are those that were frozen, word for word; return how many. Raises Broken."""
    rows = Revision.objects.filter(application__in=[one.pk for one in batch]).order_by("pk")
    columns = ("pk", "application_id", "number", "document", "sha256", "submitted_at")
    by = Subquery(User.objects.filter(pk=OuterRef("submitted_by")).values("public_id"))
    found = {(row["application_id"], row["number"]): row for row in rows.values(*columns, by=by)}
    count = len(found)
    for one in batch:
        for event in one.history.said(*FREEZING):
            number = event.facts["revision"]
            row = found.pop((one.pk, number), None)
            if row is None:
                raise missing(event.place(Revision, f"{one.stream} v{number}"))
            place = event.place(Revision, row["pk"])
            hold_document(place, row["document"], row["sha256"], event.facts["document"])
            submitted = {"submitted_at": row["submitted_at"], "submitted_by": str(row["by"])}
            hold(place, {"submitted_at": event.at, "submitted_by": event.actor}, submitted)
    for row in found.values():
        raise stray(Revision, row["pk"])
    return count


def check_cards(batch: Applications) -> int:
    """Check that the panel's cards are those of its seats, as they were submitted; return how many. Raises Broken."""
    rows = Scorecard.objects.filter(application__in=[one.pk for one in batch]).order_by("pk")
    columns = ("pk", "application_id", "total", "document", "sha256", "submitted_at")
    said = {
        "of": F("revision__number"),
        "by": F("expert__public_id"),
        "as_text": Cast("marks", TextField()),  # as JSON it would take longer than all the rest
    }
    found = {(row["application_id"], row["of"], str(row["by"])): row for row in rows.values(*columns, **said)}
    count = len(found)
    for one in batch:
        events = {event.facts["scorecard"]: event for event in one.history.said("score")}
        for seat in one.history.known.seats:
            row = found.pop((one.pk, seat.revision, seat.expert), None)
            event = events.get(seat.card)
            number = event.sequence if event else None
            if row is None:
                raise missing(place_of(Scorecard, f"{one.stream} {seat.expert}", one.stream, number))
            place = place_of(Scorecard, row["pk"], one.stream, number)
            hold(place, {"submitted_at": seat.submitted_at}, row)
            if event:
                hold_document(place, row["document"], row["sha256"], seat.card)
                _check_marks(place, row)
    for row in found.values():
        raise stray(Scorecard, row["pk"])
    return count


def check_rubrics() -> None:
    """Check that each rubric is what its hash says. Raises Broken."""
    for rubric in Rubric.objects.order_by("pk").iterator():
        hold_document(place_of(Rubric, rubric.pk), rubric.document, rubric.sha256, rubric.sha256)


def _check_marks(place: Place, row: Mapping[str, Any]) -> None:
    """The columns that repeat a submitted card must agree with it."""
    try:
        marks, total = json.loads(row["as_text"]), row["total"]
        if f'"judged":{_plain(marks)}' in row["document"] and f'"total":"{plain(total)}"' in row["document"]:
            return  # a card is canonical JSON: so the whole of it need not be read
        document = json.loads(row["document"])
        expected = {"marks": document["judged"], "total": Decimal(document["total"])}
    except (LookupError, TypeError, ValueError, InvalidOperation) as error:
        raise Broken(place, Fault.UNREADABLE, _("内容不是本来的样子，读不出来")) from error
    hold(place, expected, {"marks": marks, "total": total})
