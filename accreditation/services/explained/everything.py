"""All that is checked, as `settings.LEDGER_EXPLAINED` names it."""

from collections.abc import Sequence

from accreditation.models import Application
from accreditation.services.explained.applications import check_applications, check_objections
from accreditation.services.explained.cycles import check_cycles
from accreditation.services.explained.evidence import check_evidence, check_visits
from accreditation.services.explained.histories import histories, is_application
from accreditation.services.explained.judged import check_cards, check_revisions, check_rubrics
from accreditation.services.explained.named import (
    check_certificates,
    check_designations,
    refuse_certificates_of_nothing,
)
from accreditation.services.explained.offices import check_offices, refuse_unfounded
from workflows.ledger.verification.rows import Explained

OF_APPLICATIONS = (
    check_applications, check_objections, check_revisions, check_cards, check_evidence, check_visits,
    check_designations, check_certificates,
)  # fmt: skip


def _of_applications(streams: Sequence[str]) -> int:
    streams = [stream for stream in streams if is_application(stream)]
    if not streams:
        return 0
    said = histories(streams)
    rows = list(
        Application.objects.filter(public_id__in=[stream.partition("/")[2] for stream in streams])
        .select_related("notice", "rubric", "cycle")
        .order_by("pk")
    )
    return sum(check(rows, said) for check in OF_APPLICATIONS)


def _of(streams: Sequence[str]) -> int:
    return _of_applications(streams) + check_offices(streams) + check_cycles(streams)


def _besides() -> None:
    check_rubrics()
    refuse_certificates_of_nothing()
    refuse_unfounded()


EXPLAINED = Explained(of=_of, besides=_besides)
