"""Let the rules look at everything that has happened."""

from datetime import datetime, timedelta

from accreditation.models import Finding
from accreditation.queries.findings.listing import Row, in_words
from accreditation.services.findings import look_for_findings
from tests.factories import AT, user
from workflows.ledger.log import number_events

LATER = AT + timedelta(days=2000)


def looked(at: datetime = LATER) -> list[Finding]:
    """Return all findings after the rules have looked, in the order in which they were found."""
    number_events(at)
    look_for_findings(at)
    return list(Finding.objects.order_by("pk"))


def found_by(code: str, at: datetime = LATER) -> list[Finding]:
    """Return those of one rule."""
    return [one for one in looked(at) if one.rule == code]


def words(finding: Finding) -> Row:
    """Return a finding as a list shows it to the city's auditor."""
    [row] = in_words([finding], user("city_decider"))
    return row
