"""Many events that hold: copies of an application and of the readings of its files, each with a chain of its own.

They are as their services would have written them; those of all copies come in turns, as those of people who work at
the same time do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Max

from accreditation.models import Application, Cycle, Revision
from accreditation.services.journals import READING
from tests.append_only import triggers_lifted
from tests.crowd import crowd
from workflows.ledger.chain import digest
from workflows.models import Event, EventPayload, Journal

AT_ONCE = 10_000


@dataclass
class _Copy:
    """A stream that is being written, with what its bodies say instead, and the hash of its last event so far."""

    stream: str
    said: Mapping[str, str] = field(default_factory=dict)
    head: str = ""


def chained(template: Application, numbers: range, at: datetime) -> None:
    """Copy the application, with all that its events explain, and the journal of its readings, once for each number.

    The quota does not grow with the copies: where they are verified the application has no place in it.
    """
    before = Application.objects.aggregate(last=Max("pk"))["last"]
    crowd(template, numbers, at, with_events=False)
    rows = Application.objects.filter(pk__gt=before).order_by("pk")
    pks, codes = zip(*rows.values_list("pk", "public_id"), strict=True)
    read = [_Copy(f"{READING}/{code}") for code in codes]
    with triggers_lifted(connection), transaction.atomic():
        forms = _forms(template, rows)
        sequence = _write(template.stream, forms)
        _settle([(sequence, form.head, pk) for form, pk in zip(forms, pks, strict=True)])
        sequence = _write(f"{READING}/{template.public_id}", read)
        journals = zip(codes, read, strict=True)
        Journal.objects.bulk_create(
            [Journal(kind=READING, code=code, sequence=sequence, head=one.head) for code, one in journals],
            batch_size=1000,
        )
        Cycle.objects.filter(pk=template.cycle_id).update(next_number=F("next_number") + len(pks))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _forms(template: Application, rows: models.QuerySet[Application]) -> list[_Copy]:
    """Let the form of each copy speak of its own studio; return the copies, whose bodies have the hash of that."""
    [revision] = template.revisions.all()
    copies, changed = [], []
    for pk, code, number, studio, leader in rows.values_list(
        "pk", "public_id", "number", "studio__name", "studio__leader_name"
    ):
        document = revision.document.replace(template.studio.name, studio)
        document = document.replace(template.studio.leader_name, leader)
        changed.append((document, digest(document), pk))
        said = {f'"number":"{template.number}"': f'"number":"{number}"', revision.sha256: digest(document)}
        copies.append(_Copy(f"{Application.stream_kind}/{code}", said))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Revision._meta.db_table} SET document = %s, sha256 = %s WHERE application_id = %s",
            changed,
        )
    return copies


def _write(template: str, copies: Sequence[_Copy]) -> int:
    """Write the events of a stream for each of the copies; return how many events each has."""
    events = list(Event.objects.filter(stream=template).order_by("sequence").values())
    kept = dict(EventPayload.objects.filter(event__stream=template).values_list("event", "content"))
    first = (Event.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    _insert(Event, _events(events, copies, first))
    contents = (kept[one["id"]] for one in events for _copy in copies)
    _insert(EventPayload, ([first + n, "", content] for n, content in enumerate(contents)))
    return len(events)


def _events(templates: Sequence[dict[str, Any]], copies: Sequence[_Copy], key: int) -> Iterator[list[Any]]:
    for template in templates:
        for copy in copies:
            body = template["body"].replace(template["stream"], copy.stream)
            for before, after in copy.said.items():
                body = body.replace(before, after)
            if template["previous"]:
                body = body.replace(template["previous"], copy.head)
            row = template | {"id": key, "stream": copy.stream, "previous": copy.head, "body": body}
            copy.head = row["hash"] = digest(body)
            key += 1
            yield [row[field.attname] for field in Event._meta.local_concrete_fields]


def _insert(model: type[models.Model], rows: Iterable[list[Any]]) -> None:
    """Write rows with their keys, fields in the order of the model."""
    fields = model._meta.local_concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    prepare: list[Callable[..., Any]] = [field.get_db_prep_save for field in fields]
    sql = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})"
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(waiting, AT_ONCE)):
            ready = [
                [one(value, connection) for one, value in zip(prepare, row, strict=True)] for row in some
            ]
            cursor.executemany(sql, ready)
        if connection.vendor == "postgresql" and model is Event:
            cursor.execute("SELECT setval('workflows_event_id_seq', (SELECT max(id) FROM workflows_event))")


def _settle(ends: Sequence[tuple[int, str, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Application._meta.db_table} SET sequence = %s, head = %s WHERE id = %s", ends
        )
