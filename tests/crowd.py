"""Many applications, laid straight into the tables: their number matters, not how they came.

Each is a copy of one that people walked to its state, with a studio, revisions, tasks and events of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from django.db import connection, models
from django.db.models import Max

from accreditation.models import Application, Evidence, Revision, Scorecard, Studio
from accreditation.states import HOLDER, State
from tests.append_only import tampering, triggers_lifted
from tests.factories import Cast, application_in
from workflows.models import Event, Task

NUMBER = "CAST(substr(s.leader_name, 2) AS integer)"
"""The number of a copy, read from its leader's name."""
UUID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
STREAM = {
    "sqlite": "'application/' || substr(s.public_id, 1, 8) || '-' || substr(s.public_id, 9, 4) || '-' || "
    "substr(s.public_id, 13, 4) || '-' || substr(s.public_id, 17, 4) || '-' || substr(s.public_id, 21)",
    "postgresql": "'application/' || s.public_id",
}
"""A uuid stands in SQLite without its dashes."""
HASH = {
    "sqlite": "lower(hex(randomblob(32)))",
    "postgresql": "replace(gen_random_uuid()::text || gen_random_uuid(), '-', '')",
}
DAYS_LATER = {
    "sqlite": "datetime('{at}', ({days}) || ' days')",
    "postgresql": "timestamptz '{at}+00' + ({days}) * interval '1 day'",
}


def crowd(
    template: Application,
    numbers: range,
    at: datetime,
    district: str = "t.district_id",
    *,
    with_events: bool = True,
) -> None:
    """Copy the application once for each number; the open tasks fall due from ten days before `at` to ten after.

    `district` is SQL for the key of the district that a copy goes to: a choice by `NUMBER`. The copies of events
    have hashes of their own, which nothing verifies (`bench.chained` makes events that hold).
    """
    studios, copies = _added_to(Studio), _added_to(Application)
    uuid = UUID[connection.vendor]
    with tampering() if connection.in_atomic_block else triggers_lifted(connection):
        changes = {"leader_name": "'众' || s.i", "name": "'众' || s.i || '工作室'", "public_id": uuid}
        _copy(Studio, template.studio_id, _series(numbers), changes)
        changes = {"studio_id": "s.id", "number": "s.leader_name", "public_id": uuid, "district_id": district}
        _copy(Application, template.pk, studios, changes)
        _copy_history(template, copies, at)
        if with_events:
            _copy_events(template, copies)
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def applications_in(state: State, leaders: Sequence[str], who: Cast | None = None) -> list[Application]:
    """Return an application of each leader: the first was walked to `state`, the others are copies of it.

    For lists of many; the chains of the copies do not hold, and their forms are those of the first.
    """
    first = application_in(state, who, leaders[0])
    if len(leaders) == 1:
        return [first]
    last_studio, last = Studio.objects.latest("pk").pk, Application.objects.latest("pk").pk
    crowd(first, range(last_studio, last_studio + len(leaders) - 1), first.state_since)
    studios = list(Studio.objects.filter(pk__gt=last_studio).order_by("pk"))
    for studio, leader in zip(studios, leaders[1:], strict=True):
        studio.leader_name, studio.name = leader, f"{leader}劳模创新工作室"
    Studio.objects.bulk_update(studios, ["leader_name", "name"])
    return [first, *Application.objects.filter(pk__gt=last).order_by("pk")]


def _copy_history(template: Application, copies: str, at: datetime) -> None:
    """Give each copy the revisions, cards, evidence and tasks of the template."""
    of_copy = {"application_id": "s.id"}
    for revision in template.revisions.all():
        _copy(Revision, revision.pk, copies, of_copy)
    of_copy["public_id"] = UUID[connection.vendor]
    for file in template.evidence.all():
        _copy(Evidence, file.pk, copies, of_copy)
    for card in template.scorecards.select_related("revision"):
        revision = f"r.application_id = s.id AND r.number = {card.revision.number}"
        of_copy["revision_id"] = f"(SELECT r.id FROM {Revision._meta.db_table} AS r WHERE {revision})"
        _copy(Scorecard, card.pk, copies, of_copy)
    for task in template.tasks.all():
        changes = {"object_id": "s.id", "public_id": UUID[connection.vendor]}
        if not task.closed_at:
            utc = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
            changes["due_at"] = DAYS_LATER[connection.vendor].format(at=utc, days="s.id % 21 - 10")
            if holder := HOLDER.get(State(template.state)):
                changes["office_id"] = f"s.{holder}"
        _copy(Task, task.pk, copies, changes)


def _copy_events(template: Application, copies: str) -> None:
    for event in Event.objects.filter(stream=template.stream):
        changes = {"stream": STREAM[connection.vendor], "hash": HASH[connection.vendor]}
        _copy(Event, event.pk, copies, changes)


def _series(numbers: range) -> str:
    """SQL for a table of these numbers, in the column `i`."""
    series = f"SELECT {numbers.start} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {numbers.stop}"
    return f"(WITH RECURSIVE n(i) AS ({series}) SELECT i FROM n)"


def _added_to(model: type[models.Model]) -> str:
    """SQL for the rows that are yet to be added to the model's table."""
    last = model._default_manager.aggregate(last=Max("pk"))["last"]
    return f"(SELECT * FROM {model._meta.db_table} WHERE id > {last})"


def _copy(model: type[models.Model], pk: int, source: str, changes: Mapping[str, str]) -> None:
    """Copy row `pk` of the model for each row of `source`, which `changes` (SQL by column) calls `s`."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(changes.get(column, f't."{column}"') for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS t, {source} AS s WHERE t.id = {pk}"
        )
