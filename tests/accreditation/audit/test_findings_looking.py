"""疑点: the rules look at every event of the log once, at a cost that does not grow with it, whoever else looks."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accreditation.models import Finding, LookedThrough
from accreditation.queries.findings.catalogue import BY_CODE, RULES
from accreditation.queries.findings.listing import in_words
from accreditation.services import examining, offices
from accreditation.services import findings as services
from accreditation.services.batch import Item, carry_out
from accreditation.services.findings import SETTLED, look_for_findings
from accreditation.states import State
from tests import factories as make
from tests.accreditation.audit.looking import LATER, looked
from tests.accreditation.test_races import race
from tests.crowd import applications_in
from workflows.actors import SYSTEM
from workflows.engine import record
from workflows.ledger.chain import first_broken
from workflows.ledger.log import number_events, size
from workflows.models import Event

NOW = make.AT + timedelta(days=1)
HOUR = timedelta(hours=1)


def guest(number: int, at: Any = make.AT, office: Any = None) -> None:
    """Let somebody have a grant for an hour."""
    office = office or make.district()
    user = make.member(office, username=f"guest{number}")
    offices.set_grants(office, user, {"review"}, by=SYSTEM, at=at)
    offices.set_grants(office, user, set(), by=SYSTEM, at=at + HOUR)


def statements(at: Any) -> int:
    with CaptureQueriesContext(connection) as caught:
        look_for_findings(at)
    return len(caught)


def test_it_is_due_work_after_the_events_are_numbered_and_before_people_are_told() -> None:
    due = [address.rpartition(".")[2] for address in settings.DUE_WORK]
    assert due.index("keep_log") < due.index("look_for_findings") < due.index("fan_out")


def test_every_rule_has_a_code_of_its_own_that_fits_its_columns() -> None:
    assert len(BY_CODE) == len(RULES)
    assert all(len(code) <= 40 for code in BY_CODE)


@pytest.mark.django_db
def test_nothing_is_found_twice_and_an_idle_round_costs_three_statements() -> None:
    guest(1)
    assert [one.rule for one in looked()] == ["grant_one_day"]
    assert [one.rule for one in looked(LATER + HOUR)] == ["grant_one_day"]
    assert Event.objects.filter(action="find").count() == 1
    number_events(LATER)
    look_for_findings(LATER + 2 * HOUR)
    assert statements(LATER + 3 * HOUR) == 3
    LookedThrough.objects.update(leaves=0)  # as if a rule had been mended
    look_for_findings(LATER + 2 * HOUR)
    assert Finding.objects.count() == 1


@pytest.mark.django_db
def test_a_round_looks_only_at_what_is_new_and_costs_the_same_at_1_and_at_30_decisions() -> None:
    def decided(leaders: list[str], day: int) -> int:
        ones = applications_in(State.DISTRICT_REVIEW, leaders)
        at = ones[-1].state_since + timedelta(days=day)
        number_events(at)
        look_for_findings(at - HOUR)  # what led there
        items = [Item(one, one.version, "同意推荐。") for one in ones]
        carry_out("recommend", items, by=make.user("district_decider"), at=at)
        number_events(at)
        return statements(at + SETTLED)

    first = decided(["王金山"], 1)
    # One more: so many of one enterprise are compared with what is decided elsewhere.
    assert decided([f"王{number}" for number in range(30)], 2) == first + 1


@pytest.mark.django_db
def test_what_has_just_happened_is_looked_at_when_it_has_settled() -> None:
    guest(1, at=NOW)
    number_events(NOW)
    given_back = NOW + HOUR
    for at, count in ((given_back + SETTLED - timedelta(seconds=1), 0), (given_back + SETTLED, 1)):
        look_for_findings(at)
        assert Finding.objects.count() == count
    assert size() == LookedThrough.objects.values_list("leaves", flat=True).distinct().get()


@pytest.mark.django_db
def test_a_rule_that_is_new_looks_at_everything_and_the_others_go_on() -> None:
    guest(1)
    looked()
    LookedThrough.objects.filter(rule="grant_one_day").delete()
    Finding.objects.all().delete()
    guest(2)
    assert sorted(one.person.username for one in looked(LATER + HOUR) if one.person) == ["guest1", "guest2"]
    number_events(LATER + HOUR)
    look_for_findings(LATER + 2 * HOUR)
    assert LookedThrough.objects.values_list("leaves", flat=True).distinct().get() == size()


@pytest.mark.django_db
def test_a_history_longer_than_a_round_is_looked_at_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 3)
    monkeypatch.setattr(services, "ROUND", 2)
    for number in range(4):
        guest(number)
    number_events(LATER)
    there = size()
    rounds = 0
    while LookedThrough.objects.filter(leaves__gte=there).count() < len(RULES):
        look_for_findings(LATER)
        rounds += 1
    assert rounds == -(-there // 6)
    assert Finding.objects.count() == 4


@pytest.mark.django_db
def test_an_event_that_says_what_it_should_not_stops_no_rule_and_a_finding_is_shown_all_the_same() -> None:
    guest(1)
    office = make.district()
    record(office, "revoke", by=SYSTEM, at=make.AT, office=office, member=["x"], grant={"review": 1})
    record(office, "erase", by=SYSTEM, at=make.AT, office=office, events=3)
    guest(2)
    finding, other = looked()
    assert [finding.person, other.person] == [make.user("guest1"), make.user("guest2")]
    Finding.objects.update(facts={"people": []})
    finding.refresh_from_db()
    [row] = in_words([finding], make.user("guest1"))
    assert (row.headline, row.reason) == (
        "权限当天授予、当天收回", "一项权限在同一天授予又收回，并说明其间用它办理了几项。",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_finding_is_written_with_its_event_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    guest(1)
    number_events(LATER)

    def broken(*_args: Any, **_said: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(services, "record", broken)
        with pytest.raises(RuntimeError):
            look_for_findings(LATER)
    assert (Finding.objects.count(), LookedThrough.objects.count()) == (0, 0)
    assert look_for_findings(LATER) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_runners_at_the_same_time_each_finding_is_written_once() -> None:
    for number in range(6):
        guest(number)
        number_events(LATER)
        at = LATER + number * HOUR
        race(*(lambda: look_for_findings(at) for _runner in range(4)))
        look_for_findings(at)
        assert Finding.objects.count() == number + 1
    found = Event.objects.filter(action="find")
    assert found.count() == 6
    assert all(first_broken([event]) is None for event in found.select_related("payload"))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_examine_at_once_one_wins_and_the_other_is_told() -> None:
    guest(1)
    people = [make.member(make.city(), "audit", username=f"auditor{number}") for number in range(2)]
    [finding] = looked()
    for _round in range(10):
        results = race(
            *(lambda user=user: examining.examine(finding, by=user, at=NOW, note="看过。") for user in people)
        )
        assert sorted(type(one).__name__ for one in results) == ["Event", "Stale"]
        examining.reopen(finding, by=people[0], at=NOW, reason="再看。")
    assert first_broken(Event.objects.filter(stream=finding.stream).order_by("sequence")) is None
