"""Run a query many times and compose its SQL once: composing costs Django several times what running does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

FIRST_STAND_IN = 9_000_000_000_000_000_000  # inside a 64-bit column, and far from any key
FIRST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)  # far from any moment


@dataclass(frozen=True)
class Change:
    """What `rows.update(**columns)` would change."""

    rows: QuerySet[Any, Any]
    columns: Mapping[str, Any]


class Prepared:
    """A queryset of plain columns (`values_list`), or a change of rows, built from named values.

    What Django composes stays the one source of the SQL. It is composed with stand-ins, once for each kind of
    database; their places in the parameters then take the real values: keys (whole numbers), the `texts` and the
    `moments`. None may stand only where a column is set to it, or compared with IN. Not for values that change the
    shape of the SQL, such as lists of another length.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any] | Change],
        *names: str,
        texts: frozenset[str] = frozenset(),
        moments: frozenset[str] = frozenset(),
    ):
        self._build = build
        self._moments = moments
        self._stand_ins: dict[str, Any] = {}
        for place, name in enumerate(names):
            if name in texts:
                self._stand_ins[name] = f"\N{SYMBOL FOR NULL}{name}"
            elif name in moments:
                self._stand_ins[name] = FIRST_MOMENT + timedelta(days=place)
            else:
                self._stand_ins[name] = FIRST_STAND_IN + place
        self._composed: dict[str, tuple[str, list[Any]]] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Run the query with these values and return its rows as the database gives them."""
        with connection.cursor() as cursor:
            cursor.execute(*self._filled(values))
            return cursor.fetchall()

    def change(self, **values: Any) -> int:
        """Run the change with these values and return how many rows it concerned."""
        with connection.cursor() as cursor:
            cursor.execute(*self._filled(values))
            return int(cursor.rowcount)

    def _filled(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        sql, parameters = self._compose()
        adapted = {
            name: _adapted(value) if name in self._moments else value for name, value in values.items()
        }
        return sql, [adapted[one.name] if isinstance(one, _Slot) else one for one in parameters]

    def _compose(self) -> tuple[str, list[Any]]:
        if connection.vendor not in self._composed:
            sql, parameters = _composed_of(self._build(**self._stand_ins))
            slots = {
                _adapted(stand_in) if name in self._moments else stand_in: _Slot(name)
                for name, stand_in in self._stand_ins.items()
            }
            self._composed[connection.vendor] = sql, [slots.get(one, one) for one in parameters]
        return self._composed[connection.vendor]


def _composed_of(built: QuerySet[Any, Any] | Change) -> tuple[str, list[Any]]:
    query: Any = built.query if isinstance(built, QuerySet) else built.rows.query.chain(UpdateQuery)
    if isinstance(built, Change):
        query.add_update_values(built.columns)
    sql, parameters = query.get_compiler(connection=connection).as_sql()
    return sql, list(parameters)


def _adapted(moment: datetime) -> Any:
    """Return a moment as this database takes it for a parameter."""
    return connection.ops.adapt_datetimefield_value(moment)


class _Slot:
    """The place of a value among the parameters."""

    def __init__(self, name: str) -> None:
        self.name = name
