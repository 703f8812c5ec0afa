"""Run a query many times and compose its SQL once: composing costs Django several times what running does."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

FIRST_STAND_IN = 9_000_000_000_000_000_000  # inside a 64-bit column, and far from any key


class Prepared:
    """A queryset of plain columns (`values_list`), built from named values that are all keys (whole numbers) or texts.

    The queryset stays the one source of the SQL. It is composed with stand-ins, once for each kind of database;
    their places in the parameters then take the real values. `texts` names the values that are texts.
    Not for values that change the shape of the query: None, or lists of another length.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *names: str, texts: frozenset[str] = frozenset()
    ):
        self._build = build
        self._stand_ins: dict[str, Any] = {
            name: f"\N{SYMBOL FOR NULL}{name}" if name in texts else FIRST_STAND_IN + place
            for place, name in enumerate(names)
        }
        self._composed: dict[str, tuple[str, list[Any]]] = {}

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """Run the query with these values and return its rows as the database gives them."""
        sql, parameters = self._compose()
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[one.name] if isinstance(one, _Slot) else one for one in parameters])
            return cursor.fetchall()

    def _compose(self) -> tuple[str, list[Any]]:
        if connection.vendor not in self._composed:
            query = self._build(**self._stand_ins).query
            sql, parameters = query.get_compiler(connection=connection).as_sql()
            slots = {stand_in: _Slot(name) for name, stand_in in self._stand_ins.items()}
            self._composed[connection.vendor] = sql, [slots.get(one, one) for one in parameters]
        return self._composed[connection.vendor]


class _Slot:
    """The place of a value among the parameters."""

    def __init__(self, name: str) -> None:
        self.name = name
