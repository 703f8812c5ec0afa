"""All that is checked, as `settings.LEDGER_EXPLAINED` names it."""

from collections.abc import Sequence

from accreditation.models import Application
from accreditation.services.explained.applications import applications, check_applications
from accreditation.services.explained.cycles import check_cycles
from accreditation.services.explained.evidence import check_evidence, check_visits
from accreditation.services.explained.findings import check_findings
from accreditation.services.explained.judged import check_cards, check_revisions, check_rubrics
from accreditation.services.explained.looks import check_looks
from accreditation.services.explained.named import check_named, refuse_certificates_of_nothing
from accreditation.services.explained.notices import (
    check_decisions,
    check_notices,
    check_objections,
    refuse_notices_of_nothing,
)
from accreditation.services.explained.offices import check_offices, refuse_unfounded
from accreditation.services.explained.persons import check_persons
from accreditation.services.explained.signed import check_rounds
from accreditation.services.explained.sums import check_sums
from workflows.ledger.verification.rows import Explained

OF_APPLICATIONS = (
    check_notices, check_applications, check_objections, check_revisions, check_cards, check_evidence, check_visits,
    check_rounds, check_persons, check_named, check_decisions,
)  # fmt: skip


def _of(streams: Sequence[str]) -> int:
    own = [stream for stream in streams if stream.startswith(f"{Application.stream_kind}/")]
    batch = applications(own) if own else []
    checked = sum(check(batch) for check in OF_APPLICATIONS) if batch else 0
    return checked + check_offices(streams) + check_cycles(streams) + check_findings(streams)


def _besides() -> None:
    check_rubrics()
    refuse_certificates_of_nothing()
    refuse_unfounded()
    refuse_notices_of_nothing()
    check_looks()


EXPLAINED = Explained(of=_of, besides=_besides, sums=check_sums)
