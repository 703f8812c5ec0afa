"""Reads the events of the ledger as tuples, one after another, however many there are."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.models import Event, EventPayload, Leaf, Node

AHEAD = 2000
"""Rows that a cursor on PostgreSQL fetches at once."""
CODE = {"sqlite": "{0}.public_id", "postgresql": "replace({0}.public_id::text, '-', '')"}
"""A public identifier without its dashes."""
INSTANT = {
    "sqlite": "replace(e.at, ' ', 'T') || CASE length(e.at) WHEN 19 THEN '.000000' ELSE '' END || '+00:00'",
    "postgresql": """to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'""",
}
"""A moment as it stands in a body."""


class Row(NamedTuple):
    """An event as the tables have it, with its leaf and its personal text.

    `actor` and `principal` are "user/" and the identifier without dashes, "" where there is none. What the left joins
    do not find is None.
    """

    leaf: int | None
    event: int | None
    stream: str
    sequence: int
    previous: str
    action: str
    office: str | None
    role: str
    before: str
    after: str
    at: str
    actor: str | None
    principal: str | None
    body: str
    hash: str
    salt: str | None
    content: str | None

    @property
    def columns(self) -> tuple[Any, ...]:
        """Return the columns that stand in the body as they are, in the order of `COLUMNS`."""
        return self[2:11]

    @property
    def place(self) -> Place:
        """Return which event this is."""
        return Place(Event._meta.db_table, str(self.event), self.stream, self.sequence, self.leaf)


COLUMNS = ("stream", "sequence", "previous", "action", "office", "role", "from", "to", "at")
"""The names in the body of `Row.columns`."""
COLUMN_NAMES = ("stream", "sequence", "previous", "action", "office", "role", "from_state", "to_state", "at")


@contextmanager
def snapshot() -> Iterator[None]:
    """Within the block every query sees the database as it is now, whatever others write meanwhile; nobody waits."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        _execute("BEGIN DEFERRED")  # Django would begin as a writer
        try:
            yield
        finally:
            _execute("ROLLBACK")


@contextmanager
def numbered(start: int) -> Iterator[Iterator[Row]]:
    """Give the leaves from number `start` on in their order, each with its event."""
    leaf, event = Leaf._meta.db_table, Event._meta.db_table
    source = (
        f'{leaf} AS l LEFT JOIN {event} AS e ON e.id = l.event_id WHERE l."index" >= %s ORDER BY l."index"'
    )
    with _opened(_selecting(source), [start], leaf) as rows:
        yield map(Row._make, rows)


@contextmanager
def unnumbered() -> Iterator[Iterator[Row]]:
    """Give the events without a leaf, in the order of their keys."""
    leaf, event = Leaf._meta.db_table, Event._meta.db_table
    source = f'{event} AS e LEFT JOIN {leaf} AS l ON l.event_id = e.id WHERE l."index" IS NULL ORDER BY e.id'
    with _opened(_selecting(source), [], event) as rows:
        yield map(Row._make, rows)


@contextmanager
def of_stream(stream: str) -> Iterator[Iterator[Row]]:
    """Give the events of a stream in their order."""
    leaf, event = Leaf._meta.db_table, Event._meta.db_table
    source = (
        f"{event} AS e LEFT JOIN {leaf} AS l ON l.event_id = e.id WHERE e.stream = %s ORDER BY e.sequence"
    )
    with _opened(_selecting(source), [stream], event) as rows:
        yield map(Row._make, rows)


@contextmanager
def nodes(start: int) -> Iterator[Iterator[tuple[int, str]]]:
    """Give position and hash of the stored nodes from a position on, in their order."""
    table = Node._meta.db_table
    sql = f"SELECT position, hash FROM {table} WHERE position >= %s ORDER BY position"
    with _opened(sql, [start], table) as rows:
        yield rows


def _selecting(source: str) -> str:
    """SQL for the columns of `Row` from a join of the leaf `l` and the event `e`, with its condition and order."""
    user = apps.get_model(settings.AUTH_USER_MODEL)._meta.db_table
    office = apps.get_model(settings.WORKFLOWS_OFFICE_MODEL)._meta.db_table
    tables, mark, rest = source.partition(" WHERE ")
    return f"""
        SELECT l."index", e.id, e.stream, e.sequence, e.previous, e.action,
            CASE WHEN e.office_id IS NULL THEN '' ELSE o.code END, e.role, e.from_state, e.to_state,
            {INSTANT[connection.vendor]}, {_person("actor")}, {_person("principal")},
            e.body, e.hash, p.salt, p.content
        FROM {tables}
        LEFT JOIN {user} AS actor ON actor.id = e.actor_id
        LEFT JOIN {user} AS principal ON principal.id = e.principal_id
        LEFT JOIN {office} AS o ON o.id = e.office_id
        LEFT JOIN {EventPayload._meta.db_table} AS p ON p.event_id = e.id
        {mark}{rest}"""


def _person(name: str) -> str:
    code = CODE[connection.vendor].format(name)
    return f"CASE WHEN e.{name}_id IS NULL THEN '' ELSE 'user/' || {code} END"


@contextmanager
def _opened(sql: str, params: list[Any], table: str) -> Iterator[Iterator[Any]]:
    """Give the rows of a query without having all of them at once."""
    with connection.chunked_cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.cursor.itersize = AHEAD
        cursor.execute(sql, params)
        with closing(_read(cursor, table)) as rows:  # else an error would keep it open for as long as itself
            yield rows


def _read(cursor: Any, table: str) -> Generator[Any, None, None]:
    read = 0
    try:
        for row in cursor:
            read += 1
            yield row
    except DatabaseError as error:
        what = _("第%(read)d行之后的一行读不出来：%(error)s") % {"read": read, "error": error}
        raise Broken(Place(table, str(read)), Fault.UNREADABLE, what) from error


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
