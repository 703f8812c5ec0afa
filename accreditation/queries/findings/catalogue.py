"""The rules, in the order in which their page lists them."""

from collections.abc import Mapping

from accreditation.queries.findings.agreement import ALWAYS
from accreditation.queries.findings.dates import OUTSIDE, REOPENED
from accreditation.queries.findings.grants import ONE_DAY
from accreditation.queries.findings.hands import TURNED_ROUND, TWO_LEVELS
from accreditation.queries.findings.interests import DROPPED, LATE
from accreditation.queries.findings.journals import ERASED, EXPORTS, GUESSED
from accreditation.queries.findings.order import PASSED_OVER
from accreditation.queries.findings.pace import PACE
from accreditation.queries.findings.panel import FAR
from accreditation.queries.findings.quota import RAISED
from accreditation.queries.findings.rule import Rule

RULES: tuple[Rule, ...] = (
    PACE, FAR, ALWAYS, OUTSIDE, REOPENED, TWO_LEVELS, TURNED_ROUND, RAISED, PASSED_OVER, LATE, DROPPED, ONE_DAY,
    ERASED, GUESSED, EXPORTS,
)  # fmt: skip
BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}
