"""Somebody with all rights on the database: no trigger and no foreign key holds them, and they know the hashes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from pytest_django import DjangoDbBlocker

from tests.append_only import triggers_lifted
from workflows.ledger import tree
from workflows.ledger.chain import canonical, digest
from workflows.models import Checkpoint, Cosignature, Event, Leaf, Node, Stream


@contextmanager
def at_liberty(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Within the block nothing refuses anything; after it the database is as it was before."""
    with blocker.unblock(), triggers_lifted(connection), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """After the block the database is as it was before. Foreign keys are asked only at the end: never."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def overwrite(row: models.Model, **columns: Any) -> None:
    """Write columns (by their attribute) past everything that would refuse it."""
    type(row)._base_manager.filter(pk=row.pk).update(**columns)


def rewrite(event: Event, **said: Any) -> None:
    """Let an event say something else, with the hash and the column that belong to it, and chain the rest anew."""
    body = canonical(json.loads(event.body) | said)
    repeated = {name: value for name, value in said.items() if name in {"action", "role"}}
    overwrite(event, body=body, hash=digest(body), **repeated)
    rechain(event.stream, event.sequence)


def rechain(stream: str, start: int = 1) -> None:
    """Number and chain a stream anew from an event on, with right hashes."""
    head = Event.objects.filter(stream=stream, sequence__lt=start).order_by("-sequence").first()
    previous, sequence = (head.hash, head.sequence) if head else ("", 0)
    for event in Event.objects.filter(stream=stream, sequence__gte=start).order_by("sequence"):
        sequence += 1
        body = canonical(json.loads(event.body) | {"previous": previous, "sequence": sequence})
        overwrite(event, body=body, previous=previous, sequence=sequence, hash=digest(body))
        previous = digest(body)


def settle(row: Stream) -> None:
    """Let the row of a stream say what its last event says."""
    last = Event.objects.filter(stream=row.stream).order_by("-sequence").first()
    overwrite(row, sequence=last.sequence if last else 0, head=last.hash if last else "")


def remove(event: Event) -> None:
    """Take an event away with its text and its leaf, and close the gap in the log's numbers."""
    Leaf.objects.filter(event_id=event.pk).delete()
    for table in ("workflows_eventpayload", "workflows_event"):
        key = "event_id" if table.endswith("payload") else "id"
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {key} = %s", [event.pk])


def renumber() -> None:
    """Give the leaves new numbers without gaps, in their order, and calculate every node anew."""
    events = list(Leaf.objects.order_by("index").values_list("event", flat=True))
    Leaf.objects.all()._raw_delete(connection.alias)
    Leaf.objects.bulk_create(Leaf(index=index, event_id=pk) for index, pk in enumerate(events))
    rebuild()


def rebuild() -> None:
    """Calculate every node of the log anew from the bodies as they are now."""
    Node.objects.all()._raw_delete(connection.alias)
    edge: list[bytes] = []
    leaves = Leaf.objects.order_by("index").values_list("event__body", flat=True)
    hashes = [
        new.hex()
        for number, body in enumerate(leaves)
        for new in tree.grow(number, edge, tree.leaf_hash(body.encode()))
    ]
    Node.objects.bulk_create(Node(position=at, hash=one) for at, one in enumerate(hashes))


def forget_checkpoints() -> None:
    """Delete every checkpoint that the database knows."""
    Cosignature.objects.all()._raw_delete(connection.alias)
    Checkpoint.objects.all()._raw_delete(connection.alias)


def other_values(row: models.Model, field: models.Field) -> Iterator[Any]:
    """Yield other values of a column, each to be written in the place of the one that is there."""
    value = getattr(row, field.attname)
    if field.is_relation:
        others = field.related_model._base_manager.exclude(pk=value).order_by("pk")
        yield from others.values_list("pk", flat=True)[: 0 if field.unique else 1]
        yield 987_654
        if field.null and value is not None:
            yield None
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 100_000
    elif isinstance(value, str):
        yield ("x" if value[:1] != "x" else "y") + value[1:]
        if value and not field.unique:
            yield ""
    else:
        yield value + type(value - value)(days=1)
