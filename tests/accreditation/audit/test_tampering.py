"""Rows that events explain, changed, deleted and put in behind the ledger: each is found and named.

At the end a random choice of everything, on all tables of the ledger too.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from accreditation.models import Application, Evidence, StoredFile, Studio
from accreditation.services import offices
from accreditation.services.erasure import Order, erase_by_order
from accreditation.services.findings import look_for_findings
from certificates.models import Certificate
from tests import factories
from tests.accreditation.audit.named_case import DAY, MONTHS, Case, named
from tests.accreditation.audit.tampers import CHANGES, DELETED, ELSEWHERE, NAMED_BY_ANOTHER, PUT_IN, row_of
from tests.attacker import at_liberty, other_values, overwrite, undone
from tests.factories import AT
from workflows.actors import SYSTEM
from workflows.ledger import checkpoints, log
from workflows.ledger.verification.broken import Broken, Fault
from workflows.ledger.verification.one_stream import verify_stream
from workflows.ledger.verification.whole import verify
from workflows.models import Checkpoint, Event, EventPayload, Leaf, Node, Signature, SigningRound

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def case(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    with at_liberty(django_db_blocker):
        application = named()
        log.number_events(AT + MONTHS)
        assert look_for_findings(AT + MONTHS)
        log.number_events(AT + MONTHS)
        newest = checkpoints.make(AT + MONTHS + DAY)
        directory = tmp_path_factory.mktemp("kept")
        files = {"kept": newest, "older": Checkpoint.objects.order_by("size").first()}
        for name, checkpoint in files.items():
            (directory / name).write_text(checkpoint.note, encoding="utf-8")
        yield Case(application.pk, directory / "older", directory / "kept")


@pytest.fixture(autouse=True)
def _undone(case: Case) -> Iterator[None]:
    with undone():
        yield


def found(case: Case) -> Broken:
    """Return what is found by all that is verified, and by the stream alone that is named, where one is."""
    with pytest.raises(Broken) as whole:
        verify(kept=case.kept)
    place = whole.value.place
    if Event.objects.filter(stream=place.stream).exists():
        with pytest.raises(Broken) as alone:
            verify_stream(place.stream, kept=case.kept)
        assert str(alone.value.place) == str(place)
    return whole.value


def test_an_application_that_was_named_as_the_rules_say_holds(case: Case) -> None:
    stream = case.application.stream
    whole, one, rest = (
        verify(kept=case.kept),
        verify_stream(stream, kept=case.older),
        verify(since=case.older),
    )
    assert (whole.events, one.events) == (Event.objects.count(), Event.objects.filter(stream=stream).count())
    assert 0 < rest.events < whole.events
    assert 0 < one.rows < whole.rows


# ── Changed ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [(model, column, value) for model, changes in CHANGES.items() for column, value in changes.items()],
    ids=lambda one: one.__name__ if isinstance(one, type) else (one if isinstance(one, str) else ""),
)
def test_a_changed_row_is_found_and_named(
    case: Case, model: type[models.Model], column: str, value: Any
) -> None:
    row = row_of(model, case)
    assert getattr(row, column) != value
    overwrite(row, **{column: value})
    error = found(case)
    named = ELSEWHERE.get((model, column), model)
    if (model, column) in {(Certificate, "file"), (StoredFile, "file")}:
        assert error.fault == Fault.FILE
        return
    assert error.place.table == named._meta.db_table, error
    if (model, column) in NAMED_BY_ANOTHER or named is Evidence:
        assert error.fault in {Fault.MISSING, Fault.STRAY}
    elif named is model:
        assert error.place.key in {str(row.pk), str(getattr(row, "public_id", ""))}, error


def test_what_is_made_to_point_at_another_row_that_is_there_is_named_itself(case: Case) -> None:
    """A round on another work of the same application; an application for another studio of the same enterprise."""
    with undone():
        signing = SigningRound.objects.get()
        overwrite(signing, task_id=case.application.tasks.exclude(stage=signing.task.stage).first().pk)
        error = found(case)
        assert (error.place.table, error.place.key) == (SigningRound._meta.db_table, str(signing.pk))
        assert error.what.startswith("task")
    enterprise = case.application.enterprise
    other = Studio.objects.create(enterprise=enterprise, leader_name="别人", name="别人劳模创新工作室")
    overwrite(case.application, studio_id=other.pk)
    error = found(case)
    assert (error.place.table, error.place.key) == (Application._meta.db_table, str(case.pk))
    assert error.what.startswith("studio_id")


# ── Deleted, and put in ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", DELETED, ids=lambda model: model.__name__)
def test_a_deleted_row_is_missed(case: Case, model: type[models.Model]) -> None:
    row = row_of(model, case)
    model._base_manager.filter(pk=row.pk)._raw_delete(connection.alias)
    error = found(case)
    assert (error.fault, error.place.table) == (Fault.MISSING, model._meta.db_table), error


def copied(row: models.Model, **changes: Any) -> models.Model:
    """Put in a copy of a row."""
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    type(row)._base_manager.bulk_create([row])
    return row


@pytest.mark.parametrize("model", PUT_IN, ids=lambda model: model.__name__)
def test_a_row_that_was_put_in_is_found(case: Case, model: type[models.Model]) -> None:
    row = copied(row_of(model, case), **PUT_IN[model](case))
    error = found(case)
    assert (error.fault, error.place.table) == (Fault.STRAY, model._meta.db_table), error
    assert error.place.key in {str(row.pk), str(getattr(row, "public_id", ""))}


def test_a_state_that_is_written_with_a_right_event_of_its_own_is_found_by_the_log(case: Case) -> None:
    """Who knows the hashes can write an event that explains the state; the log has no place for it in the past."""
    application = case.application
    last = Event.objects.filter(stream=application.stream).order_by("-sequence").first()
    overwrite(last, to_state="rejected")
    overwrite(application, state="rejected")
    assert (found(case).fault, found(case).place.key) == (Fault.COLUMN, str(last.pk))


REPEATED = {
    "open_signing": "reason", "sign": "reason", "propose": "reason", "substitute": "reason", "declare": "reason",
    "dismiss_objection": "reason", "hold_meeting": "people", "join": "position",
}  # fmt: skip
"""Personal text that stands in a row as well, by action."""


def test_text_that_an_order_erased_is_not_compared_and_what_else_was_changed_is_found(case: Case) -> None:
    manager, at = offices.create_user(username="manager", name="何主任", password=None), AT + MONTHS + DAY
    offices.add_member(factories.city(), manager, by=SYSTEM, at=at)
    offices.set_grants(factories.city(), manager, {"manage"}, by=SYSTEM, at=at)
    events = Event.objects.filter(action__in=REPEATED).select_related("payload").order_by("pk")
    chosen = [(one, [REPEATED[one.action]]) for one in events if REPEATED[one.action] in one.personal]
    assert {one.action for one, _fields in chosen} == set(REPEATED)
    for order in chosen:
        erase_by_order(Order(ground="市总办〔2027〕5号", chosen=[order]), by=manager, at=at)
        assert verify(kept=case.kept)
    overwrite(Signature.objects.get(position=1), opinion="别的。")
    assert found(case).place.table == Signature._meta.db_table


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", [Certificate, StoredFile], ids=lambda model: model.__name__)
def test_a_file_that_was_changed_or_taken_away_is_found(case: Case, model: type[models.Model]) -> None:
    row = row_of(model, case)
    path = Path(default_storage.path(row.file.name))
    content = path.read_bytes()
    try:
        path.write_bytes(content.replace(b"obj", b"OBJ", 1))
        changed = found(case)
        path.unlink()
        gone = found(case)
    finally:
        path.write_bytes(content)
    assert (changed.fault, gone.fault) == (Fault.FILE, Fault.FILE)
    for error in (changed, gone):
        assert (error.place.key, row.file.name in str(error)) == (str(row.pk), True)
    assert verify(kept=case.kept)


# ── Anything ─────────────────────────────────────────────────────────────────────────────────────────────

LEDGER = (Event, EventPayload, Leaf, Node, Checkpoint)
OF_LEDGER = [(model, field.attname) for model in LEDGER for field in model._meta.concrete_fields]
OF_DOMAIN = [(model, column) for model, changes in CHANGES.items() for column in changes]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_anywhere_is_found(case: Case, data: st.DataObject) -> None:
    with undone():
        chosen = data.draw(
            st.lists(st.sampled_from(OF_LEDGER + OF_DOMAIN), min_size=1, max_size=3, unique=True)
        )
        for model, column in chosen:
            if (model, column) in OF_DOMAIN:
                overwrite(row_of(model, case), **{column: CHANGES[model][column]})
                continue
            rows = model._base_manager.order_by("pk")
            row = rows[data.draw(st.integers(0, rows.count() - 1))]
            values = list(other_values(row, model._meta.get_field(column.removesuffix("_id"))))
            overwrite(row, **{column: data.draw(st.sampled_from(values))})
        with pytest.raises(Broken):
            verify(kept=case.kept)
