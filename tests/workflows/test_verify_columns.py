"""Each column of each table of the ledger, changed behind it: every change is found and the record is named."""

from collections.abc import Iterator

import pytest
from django.db import models
from pytest_django import DjangoDbBlocker, Settings

from tests.attacker import at_liberty, other_values, overwrite, undone
from tests.workflows.kept_log import WITNESS_KEY, KeptLog, event, made
from workflows.ledger import tree
from workflows.ledger.verification.broken import Broken, Fault
from workflows.ledger.verification.whole import verify
from workflows.models import Checkpoint, Cosignature, Event, EventPayload, Leaf, Node

pytestmark = pytest.mark.django_db
LEDGER = (Event, EventPayload, Leaf, Node, Checkpoint, Cosignature)
WITHOUT_MEANING = {(Cosignature, "id"): "nothing refers to it, and nothing is found by it"}
COLUMNS = [(model, field.attname) for model in LEDGER for field in model._meta.concrete_fields]
FAULTS = {
    (Event, "id"): (Leaf, Fault.MISSING),
    (Event, "body"): (Event, Fault.HASH),
    (Event, "hash"): (Event, Fault.HASH),
    (EventPayload, "event_id"): (EventPayload, Fault.PERSONAL),
    (EventPayload, "salt"): (EventPayload, Fault.PERSONAL),
    (EventPayload, "content"): (EventPayload, Fault.PERSONAL),
    (Leaf, "index"): (Leaf, Fault.MISSING),
    (Leaf, "event_id"): (Leaf, Fault.MISSING),
    (Node, "position"): (Node, Fault.MISSING),
    (Node, "hash"): (Node, Fault.NODE),
    (Checkpoint, "note"): (Checkpoint, Fault.SIGNATURE),
    (Cosignature, "checkpoint_id"): (Cosignature, Fault.SIGNATURE, Fault.STRAY),
    (Cosignature, "line"): (Cosignature, Fault.SIGNATURE),
}
"""What is found where it is not that the columns differ from what is signed or hashed; and in which table."""


@pytest.fixture(scope="module")
def log(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeptLog]:
    with at_liberty(django_db_blocker):
        yield made(tmp_path_factory.mktemp("kept"))


@pytest.fixture(autouse=True)
def _tampered_with(log: KeptLog, settings: Settings) -> Iterator[None]:
    settings.LEDGER_WITNESSES = WITNESS_KEY
    with undone():
        yield


def middle_row(model: type[models.Model]) -> models.Model:
    """Return a row that has others before and after it, and is no leaf's own hash."""
    if model is Node:
        return Node.objects.get(position=tree.position(1, 2))
    if model in {Event, EventPayload}:
        return model.objects.get(pk=event(5).pk)
    if model is Leaf:
        return Leaf.objects.get(event=event(5))
    return model.objects.order_by("pk").first()


@pytest.mark.parametrize(("model", "column"), COLUMNS, ids=lambda one: getattr(one, "__name__", one))
def test_a_changed_column_is_found_and_named(log: KeptLog, model: type[models.Model], column: str) -> None:
    row = middle_row(model)
    field = model._meta.get_field(column.removesuffix("_id"))
    leaf = Leaf.objects.get(event=event(5)).index
    table, *faults = FAULTS.get((model, column), (model, Fault.COLUMN))
    changes = list(other_values(row, field))
    assert changes
    for value in changes:
        with undone():
            overwrite(row, **{column: value})
            if (model, column) in WITHOUT_MEANING:
                assert verify(kept=log.kept).counts.cosignatures == 1
                continue
            with pytest.raises(Broken) as found:
                verify(kept=log.kept)
        place = found.value.place
        assert (place.table, found.value.fault in faults) == (table._meta.db_table, True), (
            value,
            found.value,
        )
        if table in {Event, EventPayload}:
            assert (place.key, place.leaf) == (str(row.pk), leaf)
