"""Reads a rubric document piece by piece and notes every problem with its place, not only the first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Reader:
    """One object of the document. What cannot be read is noted in `problems` and read as empty or zero."""

    node: Any
    path: str = ""
    problems: list[str] = field(default_factory=list)

    def problem(self, message: str, key: str = "") -> None:
        """Note a problem at this object, or at one of its keys."""
        place = ".".join(part for part in (self.path, key) if part)
        self.problems.append(
            _("%(place)s：%(message)s") % {"place": place, "message": message} if place else message
        )

    def only(self, *keys: str) -> None:
        """Note every key that the rubric does not know: most often one that was mistyped."""
        for key in self.node if isinstance(self.node, Mapping) else ():
            if key not in keys:
                self.problem(_("没有这个键"), key)

    def value(self, key: str) -> Any:
        """Whatever stands at the key, or None."""
        return self.node.get(key) if isinstance(self.node, Mapping) else None

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            self.problem(_("填写文字"), key)
            return ""
        return value

    def number(self, key: str) -> Decimal:
        """A whole number, or a decimal written as a string ("0.5"), not below zero."""
        value = self.value(key)
        if isinstance(value, str | int) and not isinstance(value, bool):
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite() and number >= 0:
                return number
        self.problem(_("填写不小于零的数字，小数加引号"), key)
        return Decimal(0)

    def whole(self, key: str) -> int:
        """A whole number, not below zero."""
        number = self.number(key)
        if number != number.to_integral_value():
            self.problem(_("填写整数"), key)
        return int(number)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of at least one text."""
        value = self.value(key)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(word, str) and word for word in value)
        ):
            self.problem(_("填写文字的列表"), key)
            return ()
        return tuple(value)

    def child(self, key: str) -> "Reader":
        """The object at the key."""
        value = self.value(key)
        path = f"{self.path}.{key}" if self.path else key
        if isinstance(value, Mapping):
            return Reader(value, path, self.problems)
        self.problem(_("缺少这一部分"), key)
        return Reader({}, path)  # its own list of problems: one for the missing part is enough

    def rows(self, key: str) -> list["Reader"]:
        """The objects in the list at the key."""
        path = f"{self.path}.{key}" if self.path else key
        value = self.value(key)
        if not isinstance(value, list) or not value:
            self.problem(_("填写至少一项"), key)
            return []
        return [Reader(row, f"{path}[{place}]", self.problems) for place, row in enumerate(value)]
