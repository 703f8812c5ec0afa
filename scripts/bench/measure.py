"""Measure on one database, named by the settings, and print the report."""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

django.setup()

from accreditation.models import Application, User  # noqa: E402
from accreditation.services import review  # noqa: E402
from accreditation.services.naming import issue_due_certificates  # noqa: E402
from accreditation.states import State  # noqa: E402
from certificates.models import Certificate  # noqa: E402
from certificates.rendering import render  # noqa: E402
from scripts.bench import bare  # noqa: E402
from scripts.bench.crowd import crowd  # noqa: E402
from scripts.bench.rival.flows import RivalFlow, recommend  # noqa: E402
from tests import factories  # noqa: E402

REASON = "五好条件符合，材料齐全，同意推荐。"
TRANSITIONS = 300  # how many of each kind are timed
WARM = 20  # steps taken before any is timed
SIZES = (1_000, 100_000)


def main() -> None:
    """Print every measurement, or those named, with what is expected of it."""
    parts = {"transitions": transitions, "desk": desk, "certificate": certificate}
    parser = argparse.ArgumentParser(prog="scripts/bench.sh", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *parts], help="all of them if none is named")
    chosen = parser.parse_args().parts or list(parts)
    print(f"\n{'SQLite' if connection.vendor == 'sqlite' else 'PostgreSQL'}")
    call_command("migrate", verbosity=0)
    for name in chosen:
        parts[name]()


def line(what: str, measured: str, expected: str = "") -> None:
    print(f"  {what:<46}{measured:>14}   {expected}", flush=True)


# ── A transition: the union recommends ───────────────────────────────────────────────────────────────────


def transitions() -> None:
    """Time `perform()`, the SQL it executes on the driver alone, and the rival's step."""
    who, count = factories.cast(), TRANSITIONS
    drafts = [
        factories.application_in(State.ENTERPRISE_REVIEW, leader_name=f"领军{number}")
        for number in range(2 * count + WARM + 1)
    ]
    rivals = [RivalFlow.start.run(like=drafts[0]) for _ in range(count + WARM + 1)]
    by = who.union_decider

    def ours(application: Application) -> None:
        at = application.state_since + timedelta(hours=1)
        review.recommend(application, by=by, at=at, expected_version=application.version, reason=REASON)

    def theirs(process: Any) -> None:
        recommend(
            process, User.objects.get(pk=by.pk), REASON
        )  # afresh: guardian remembers grants on the user

    _each(ours, drafts[:WARM])
    _each(theirs, rivals[:WARM])
    statements = _statements(ours, drafts[WARM]), _statements(theirs, rivals[WARM]) - 1
    drafts, rivals = drafts[WARM + 1 :], rivals[WARM + 1 :]
    driver = _on_the_driver(ours, drafts[count:])
    mine, rival = _each(ours, drafts[:count]), _each(theirs, rivals)

    line("perform(), transitions a second", f"{count / mine:,.0f}")
    line("the same SQL on the bare driver, a second", f"{count / driver:,.0f}")
    line("viewflow.workflow with its row lock, a second", f"{count / rival:,.0f}")
    line("perform() against viewflow.workflow", f"{rival / mine:.1f} times", "expected: at least 4 times")
    line("SQL statements of perform(), BEGIN and COMMIT too", str(statements[0]), "expected: at most 10")
    line("SQL statements of viewflow.workflow", str(statements[1]))


def _statements(step: Callable[[Any], None], subject: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        step(subject)
    return len(captured)


def _on_the_driver(step: Callable[[Any], None], subjects: Sequence[Any]) -> float:
    """Record the SQL of each step, and run it again on a copy of the database made before."""
    copy = bare.copy_database()
    recorded: list[list[bare.Statement]] = []
    for subject in subjects:
        recorded.append([])
        with bare.recorded(recorded[-1]):
            step(subject)
    return bare.run(copy, recorded)


def _each(step: Callable[[Any], None], subjects: Sequence[Any]) -> float:
    """Take the step with each subject; return the seconds that all of them took."""
    started = time.perf_counter()
    for subject in subjects:
        step(subject)
    return time.perf_counter() - started


# ── The desk ─────────────────────────────────────────────────────────────────────────────────────────────


def desk() -> None:
    """Time the union reviewer's to-do page with more and more on it."""
    reviewer = factories.cast().union_reviewer
    template = factories.application_in(State.ENTERPRISE_REVIEW, leader_name="众人")
    client = Client()
    client.force_login(reviewer, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("desk")
    spent = []
    for size in SIZES:
        crowd(template, size)
        spent.append(_median(lambda: client.get(address), times=20))
        statements = _statements(lambda _: client.get(address), None)
        line(
            f"the to-do page at {size:,} applications",
            f"{spent[-1] * 1000:.0f} ms",
            f"{statements} SQL statements",
        )
    line("the larger against the smaller", f"{spent[-1] / spent[0]:.2f} times", "expected: about 1")


# ── A certificate ────────────────────────────────────────────────────────────────────────────────────────


def certificate() -> None:
    """Time the drawing of one certificate after the first."""
    named = factories.application_in(State.NAMED, leader_name="米钰林")
    issue_due_certificates(named.state_since)
    one = Certificate.objects.latest("pk")
    line("a certificate, warm", f"{_median(lambda: render(one), times=10) * 1000:.0f} ms")


def _median(step: Callable[[], Any], times: int) -> float:
    """Return the median of the seconds that the step takes, the first time left out."""
    step()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        step()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
