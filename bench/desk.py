"""The to-do page of a district's reviewer, with few and with many applications in the database."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Application, User
from accreditation.queries.desk import Search, counts, desk_of, wanted_of
from accreditation.queries.desk_rows import rows
from accreditation.scope import offices_of
from accreditation.states import State
from bench import bare
from bench.report import heading, line, times
from bench.rounds import in_turns, milliseconds, ratio
from tests import factories
from tests.crowd import NUMBER, crowd

OFFICES = 33
"""Among which all applications are shared: each holds 3 in 100 of them, so that its desk grows with the whole."""
PAGE = 30
"""What one more office holds, however many there are in all: a page of the desk."""
HELD = {"page": "30 tasks in the office", "share": "3 in 100 in the office"}
"""The users who read, and what their offices hold."""
REPEATS = 5

Ask = Callable[[], object]


def measure(sizes: Sequence[int], rounds: int) -> None:
    """Time the page and its queries at both sizes, each in a database of its own, in turns."""
    template = _offices()
    asked: dict[str, Ask] = {}
    for username, held in HELD.items():
        user = factories.user(username)
        asked[f"the page, {held}"] = _page(user)
        asked[f"its queries alone, {held}"] = partial(queries, user)
        asked[f"in the order of arrival, {held}"] = _page(user, "?order=arrival")
    databases = _databases(template, sizes)
    heading(f"The to-do page of a district's reviewer ({rounds} rounds of {REPEATS})")
    for what, ask in asked.items():
        _report(what, ask, databases, rounds)
    for size, name in databases.items():
        bare.turn_to(name)
        counted = [str(_statements(ask)) for what, ask in asked.items() if what.startswith("the page")]
        line(f"SQL statements of the page at {size}", ", ".join(counted))
    bare.turn_to(databases[f"{sizes[0]:,}"])


def queries(user: User) -> Any:
    """Ask what the first page of the desk asks, without drawing it."""
    at = timezone.now()
    desk = desk_of(user, offices_of(user), at)
    counted = counts(desk, at)
    wanted = wanted_of(desk, Search(), at)
    return counted, rows(wanted[0:PAGE], desk, at)


def _offices() -> Application:
    """Found the offices, with a reviewer for two of them; return an application that a district reviews."""
    for number in range(OFFICES):
        factories.district(f"B{number}", f"第{number}总工会")
    factories.member(factories.district("B0"), "review", username="share")
    factories.member(factories.district("PAGE", "三十件总工会"), "review", username="page")
    return factories.application_in(State.DISTRICT_REVIEW, leader_name="样本二")


def _databases(template: Application, sizes: Sequence[int]) -> dict[str, str]:
    """Make the databases of both sizes, the second from a copy of the first; return their names by size."""
    small, large = sizes
    code = f"CASE WHEN {NUMBER} < {PAGE} THEN 'PAGE' ELSE 'B' || ({NUMBER} % {OFFICES}) END"
    district = f"(SELECT id FROM accreditation_organisation WHERE code = {code})"
    crowd(template, range(small), timezone.now(), district)
    first, second = str(connection.settings_dict["NAME"]), bare.copy_database("large")
    bare.turn_to(second)
    crowd(template, range(small, large), timezone.now(), district)
    return {f"{small:,}": first, f"{large:,}": second}


def _page(user: User, query: str = "") -> Ask:
    client, address = Client(), f"{reverse('desk')}{query}"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return lambda: _read(client, address)


def _read(client: Client, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return response.content


def _report(what: str, ask: Ask, databases: Mapping[str, str], rounds: int) -> None:
    def turn_to(size: str) -> None:
        bare.turn_to(databases[size])
        ask()

    def repeatedly() -> None:
        for _ in range(REPEATS):
            ask()

    spent = in_turns(dict.fromkeys(databases, repeatedly), rounds, before=turn_to)
    small, large = databases
    measured = [f"{milliseconds(spent, size, REPEATS):.1f} ms at {size}" for size in databases]
    line(what, times(ratio(spent, large, small)), "; ".join(measured))


def _statements(ask: Ask) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)
