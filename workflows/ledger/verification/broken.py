"""What is said of a record that does not hold."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a record."""

    UNREADABLE = "unreadable"
    MISSING = "missing"
    STRAY = "stray"
    HASH = "hash"
    COLUMN = "column"
    CHAIN = "chain"
    PERSONAL = "personal"
    LEAF = "leaf"
    NODE = "node"
    BACKDATED = "backdated"
    SIGNATURE = "signature"
    REWRITTEN = "rewritten"
    ROLLED_BACK = "rolled_back"
    DIFFERS = "differs"
    FILE = "file"


@dataclass(frozen=True)
class Place:
    """Which record: its table and key there, and the event and the leaf that it belongs to, where there is one."""

    table: str
    key: str
    stream: str = ""
    sequence: int | None = None
    leaf: int | None = None

    def __str__(self) -> str:
        event = f" {self.stream}#{self.sequence}" if self.sequence is not None else ""
        leaf = f" leaf {self.leaf}" if self.leaf is not None else ""
        return f"{self.table} {self.key}{event}{leaf}"


class Broken(Exception):
    """The first record that does not hold; `what` says in a sentence of the active language what is wrong with it."""

    def __init__(self, place: Place, fault: Fault, what: str) -> None:
        super().__init__(f"{place}: {what}")
        self.place, self.fault, self.what = place, fault, what


class CannotVerify(Exception):
    """Nothing was found out: there is no key, or a file that was named is none; the text says which."""
