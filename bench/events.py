"""The first page of a search over events, with few and with many events in the database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import Application, Organisation, User
from accreditation.states import State
from bench import bare
from bench.event_crowd import BLOCK, event_crowd, found_offices
from bench.report import heading, line, times
from bench.rounds import in_turns, milliseconds, ratio
from tests import factories

BEGAN = datetime(2027, 1, 1, tzinfo=UTC)
REPEATS = 5
AUDITORS = {"city": "CQ", "district": "D1", "union": "U3"}
SEARCHES: Mapping[str, Mapping[str, str]] = {
    "no filter": {},
    "a person": {"person": "p3"},
    "an office": {"office": "第1district"},
    "an office and all below it": {"office": "第1district", "below": "on"},
    "an action": {"action": "read"},
    "a seldom action": {"action": "set_quota"},
    "a kind": {"kind": "cycle"},
    "a period": {"since": "2027-01-02", "until": "2027-01-05"},
    "an application's number": {"studio": "众77"},
    "part of a studio's name": {"studio": "77工作室"},
    "a common word": {"words": "同意推荐"},
    "a rare word": {"words": "发明人"},
    "a word that nobody wrote": {"words": "子虚乌有"},
    "a word, an action and a kind": {"words": "台账", "action": "recommend", "kind": "application"},
    "two that never meet": {"person": "p3", "action": "approve"},
}
"""What the city's auditor looks for; of the others' branches only everything."""

Ask = Callable[[], bytes]


def measure(sizes: Sequence[int], rounds: int) -> None:
    """Time the pages at both sizes, each in a database of its own, in turns."""
    template = factories.application_in(State.DISTRICT_REVIEW, leader_name="样本三")
    found_offices(template)
    asked = dict(_asked())
    databases = _databases(template, sizes)
    heading(f"The first page of a search over events ({rounds} rounds of {REPEATS})")
    for what, ask in asked.items():
        _report(what, ask, databases, rounds)
    for size, name in databases.items():
        bare.turn_to(name)
        line(f"SQL statements without a filter at {size}", str(_statements(asked["the city: no filter"])))
    bare.turn_to(next(iter(databases.values())))


def _asked() -> dict[str, Ask]:
    clients = {
        name: _client(factories.member(Organisation.objects.get(code=code), "audit", username=f"of_{name}"))
        for name, code in AUDITORS.items()
    }
    address = reverse("event-search")
    asked = {
        f"the city: {what}": partial(_read, clients["city"], f"{address}?{urlencode(query)}")
        for what, query in SEARCHES.items()
    }
    return asked | {
        f"the {name}: no filter": partial(_read, clients[name], address) for name in ("district", "union")
    }


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _read(client: Client, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return bytes(response.content)


def _databases(template: Application, sizes: Sequence[int]) -> dict[str, str]:
    """Make the databases of both sizes, the second from a copy of the first; return their names by size."""
    small, large = (size // BLOCK for size in sizes)
    event_crowd(template, range(small), BEGAN)
    first, second = str(connection.settings_dict["NAME"]), bare.copy_database("many_events")
    bare.turn_to(second)
    event_crowd(template, range(small, large), BEGAN)
    return {f"{sizes[0]:,}": first, f"{sizes[1]:,}": second}


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
