"""`make bench` runs to its end and prints every figure. How large they are is for people to read, not for a test."""

import re
import subprocess
import sys

import pytest

from accreditation.process import ReviewProcess
from bench.actions import ACTS
from bench.events import SEARCHES
from bench.ledger import SHARES
from tests.repo.conftest import PATIENCE, ROOT

pytestmark = pytest.mark.commands

TRANSITION = [
    "perform()",
    "the same SQL on the bare driver",
    "viewflow.workflow, by the same rules",
    "viewflow.workflow, without rules and history",
    "viewflow.workflow, so, the task taken before",
    "perform() against the bare driver, time",
    "viewflow.workflow against perform(), time",
    "without rules and history",
    "and the task taken before",
    "SQL statements of perform(), BEGIN and COMMIT too",
    "SQL statements of viewflow.workflow",
]
DESK = [
    "the page, 30 tasks in the office",
    "its queries alone, 30 tasks in the office",
    "in the order of arrival, 30 tasks in the office",
    "the page, 3 in 100 in the office",
    "its queries alone, 3 in 100 in the office",
    "in the order of arrival, 3 in 100 in the office",
    "SQL statements of the page at 60",
    "SQL statements of the page at 120",
]
LEDGER = [
    line
    for share in SHARES
    for line in (
        f"verify_ledger, {share}",
        "by processor time, the database's too",
        "memory that it takes at its most",
    )
]
SEARCH = [
    *(f"the city: {what}" for what in SEARCHES),
    "the district: no filter",
    "the union: no filter",
    "SQL statements without a filter at 100",
    "SQL statements without a filter at 200",
]
TINY = ["--sizes", "60", "120", "--events", "50", "--searched", "100", "200", "--certificates", "4"]
CERTIFICATE = [
    "drawn by a process that has drawn one before",
    "drawn by a new process, its start included",
    "WeasyPrint, signed",
    "WeasyPrint, not signed",
    "against ours, signed",
    "Chromium's print to PDF",
    "against ours, signed",
    "typst",
    "against ours, signed",
    "one after another, once one was made",
    "a batch, 1 process, its start included",
    "memory in the last quarter against the second",
    "a batch, 2 processes, their start included",
    "memory in the last quarter against the second",
    "two processes against one",
    "made before one of two processes was killed",
    "numbers after another run, all of them different",
    "files after another run, all of them different",
]
FIGURE = re.compile(r"  (?:  )?(?P<what>\S.*?\S) {2,}(?P<measured>[\d.,]+\S*( \S+)*)")


@pytest.fixture(scope="module")
def printed() -> list[tuple[str, str]]:
    """Return name and figure of every line of a run with tiny sizes.

    Not in a clone: PostgreSQL, as a user without rights, must reach the virtual environment.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--rounds", "1", "--block", "2", *TINY],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=3 * PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    found = [FIGURE.match(line) for line in done.stdout.splitlines()]
    return [(match["what"], match["measured"]) for match in found if match]


def test_every_figure_is_printed_for_both_databases(printed: list[tuple[str, str]]) -> None:
    actions = [f"{act.action} in {act.state}" for act in ACTS]
    one = [*TRANSITION, *actions, *DESK, *LEDGER, *SEARCH]
    assert [what for what, _ in printed] == [*one, *one, *CERTIFICATE]


def test_a_recommendation_takes_ten_statements_and_one_more_for_a_place_of_the_quota(
    printed: list[tuple[str, str]],
) -> None:
    counted = [int(measured.split()[0]) for what, measured in printed if what.startswith("recommend in ")]
    assert (len(counted), min(counted) <= 10, max(counted) <= 11) == (4, True, True)


def test_the_desk_takes_as_many_statements_at_both_sizes(printed: list[tuple[str, str]]) -> None:
    counted = [measured for what, measured in printed if what.startswith("SQL statements of the page")]
    assert len(set(counted)) == 1


def test_a_search_takes_as_many_statements_at_both_sizes(printed: list[tuple[str, str]]) -> None:
    counted = [measured for what, measured in printed if what.startswith("SQL statements without a filter")]
    assert (len(counted), len(set(counted[:2])), len(set(counted[2:]))) == (4, 1, 1)


def test_every_action_of_the_process_is_counted() -> None:
    declared = ReviewProcess.state.get_transitions().values()
    assert {act.action for act in ACTS} == {step.slug for steps in declared for step in steps}
