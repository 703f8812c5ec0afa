"""Entering events under the terms by which they are looked up: once, in the order of the log, and gone when erased."""

from datetime import timedelta

import pytest
from django.db import transaction

from accreditation.models import EventTerm, IndexedThrough, ReasonPair
from accreditation.queries.event_terms import common_path, pairs
from accreditation.services import event_index, offices
from accreditation.services.event_index import catch_up, enter_reasons, index_events
from accreditation.services.sign_ins import sign_in_failed, signed_in
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import NOW
from tests.accreditation.test_races import race
from workflows.actors import SYSTEM
from workflows.engine import record
from workflows.erasing import erase
from workflows.journals import note_down
from workflows.ledger import log
from workflows.models import Event


def enter_all() -> int:
    log.number_events(NOW)
    return index_events(NOW)


def terms(event: Event) -> set[str]:
    return set(EventTerm.objects.filter(event=event, at=event.at).values_list("term", flat=True))


@pytest.mark.django_db
def test_an_event_is_entered_under_its_branch_its_people_and_its_kind():
    who = make.cast()
    application = make.application_in(State.DISTRICT_REVIEW)
    person = signed_in(by=who.union_reviewer, at=NOW, address="10.0.0.1")
    unknown = sign_in_failed(name="nobody", at=NOW, address="10.0.0.1")
    enter_all()
    decided = Event.objects.get(stream=application.stream, action="recommend")
    district, union = f"in/{who.district.pk}", f"in/{who.union.pk}"
    assert terms(decided) == {district, union, f"who/{who.union_decider.pk}"}
    assert terms(person) == {district, union, f"who/{who.union_reviewer.pk}", "kind/sign_in"}
    assert terms(unknown) == {"kind/sign_in"}
    reviewer = who.district_reviewer.public_id
    joined = Event.objects.get(stream=who.district.stream, action="join", body__contains=reviewer)
    assert terms(joined) == {district, f"who/{who.district_reviewer.pk}", "kind/organisation"}


@pytest.mark.django_db
def test_who_belongs_to_two_branches_signs_in_for_the_one_that_holds_both_at_that_time():
    who, other = make.cast(), make.cast("other")
    person = make.member(who.district, "review", username="both")
    before = signed_in(by=person, at=make.AT - timedelta(days=1), address="10.0.0.1")
    offices.add_member(other.district, person, by=SYSTEM, at=make.AT)
    during = signed_in(by=person, at=NOW, address="10.0.0.1")
    offices.end_membership(other.district, person, by=SYSTEM, at=NOW + make.STEP)
    after = signed_in(by=person, at=NOW + 2 * make.STEP, address="10.0.0.1")
    enter_all()
    inside = f"in/{who.district.pk}"
    assert [inside in terms(event) for event in (before, during, after)] == [True, False, True]


@pytest.mark.parametrize(
    ("paths", "shared"),
    [
        ([], ""),
        (["CQ/YB/"], "CQ/YB/"),
        (["CQ/YB/U/", "CQ/YB/"], "CQ/YB/"),
        (["CQ/YB/", "CQ/YBX/"], "CQ/"),
        (["CQ/", "CD/"], ""),
    ],
)
def test_the_branch_that_holds_several_places_is_the_smallest(paths, shared):
    assert common_path(paths) == shared


def test_pairs_of_letters_know_no_case_and_no_blanks():
    assert pairs("材料 AB") == pairs("材料\nab")
    assert (len(pairs("材料 AB")), pairs("材"), pairs("")) == (2, set(), set())
    assert pairs("𬭎字") != pairs("字𬭎")


@pytest.mark.django_db
def test_every_event_is_entered_once_however_often_and_in_whatever_batches(monkeypatch):
    make.application_in(State.CITY_INTAKE)
    monkeypatch.setattr(event_index, "BATCH", 7)
    count = Event.objects.count()
    assert (enter_all(), enter_all(), IndexedThrough.objects.get().leaves) == (count, 0, count)
    before = set(EventTerm.objects.values_list("term", "event"))
    IndexedThrough.objects.update(leaves=0)
    assert (enter_all(), set(EventTerm.objects.values_list("term", "event"))) == (count, before)


@pytest.mark.django_db
def test_a_search_enters_what_is_new_and_says_when_that_is_too_much(monkeypatch):
    make.application_in(State.ENTERPRISE_REVIEW)
    monkeypatch.setattr(event_index, "BATCH", Event.objects.count() - 1)
    assert (catch_up(NOW), catch_up(NOW)) == (False, True)
    note_down("settings", "x", "load_rubric", by=SYSTEM, at=NOW, version="1")
    assert catch_up(NOW) is True


@pytest.mark.django_db
def test_a_log_that_is_damaged_leaves_the_search_standing(monkeypatch):
    make.application_in(State.ENTERPRISE_REVIEW)

    def damaged(at):
        raise KeyError(3)

    monkeypatch.setattr(log, "number_events", damaged)
    assert catch_up(NOW) is False


@pytest.mark.django_db
def test_words_that_are_erased_are_found_no_more_and_those_that_stay_are():
    application = make.application_in(State.DISTRICT_REVIEW)
    enter_all()
    decided = Event.objects.get(stream=application.stream, action="recommend")
    assert ReasonPair.objects.filter(event=decided.pk).count() == 4
    erase(application.stream, {decided.sequence: ["actor"]}, by=SYSTEM, at=NOW, order="令")
    enter_reasons([Event.objects.select_related("payload").get(pk=decided.pk)])
    assert set(ReasonPair.objects.filter(event=decided.pk).values_list("pair", flat=True)) == pairs(
        "符合条件。"
    )
    erase(application.stream, {decided.sequence: ["reason"]}, by=SYSTEM, at=NOW, order="令")
    assert not ReasonPair.objects.filter(event=decided.pk).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_reason_that_is_erased_while_it_is_entered_leaves_nothing_behind():
    application = make.application_in(State.ENTERPRISE_REVIEW)
    for number in range(30):
        with transaction.atomic():
            application.refresh_from_db()
            event = record(application, "remind", by=SYSTEM, at=NOW, reason=f"理由{number}要删去。")
        log.number_events(NOW)

        def take(event: Event = event) -> None:
            with transaction.atomic():
                erase(event.stream, {event.sequence: ["reason"]}, by=SYSTEM, at=NOW, order="令")
                enter_reasons([Event.objects.select_related("payload").get(pk=event.pk)])

        race(take, lambda: index_events(NOW), lambda: catch_up(NOW))
        index_events(NOW)
        assert not ReasonPair.objects.filter(event=event.pk).exists()
    application.refresh_from_db()
    log.number_events(NOW)
    index_events(NOW)
    assert IndexedThrough.objects.get().leaves == Event.objects.count()
