"""What is said of a record that does not hold."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong with a record."""

    UNREADABLE = "unreadable"  # not what the system writes
    MISSING = "missing"  # others speak of it
    STRAY = "stray"  # nothing speaks of it
    HASH = "hash"  # a text and its hash do not belong together
    COLUMN = "column"  # a column does not repeat what was hashed or signed
    CHAIN = "chain"  # the event before it is another, or gone
    PERSONAL = "personal"  # personal text was changed, or is gone without an order
    LEAF = "leaf"  # it was another when it was numbered
    NODE = "node"  # a node of the tree does not follow from what is below it
    BACKDATED = "backdated"  # it says it happened before the checkpoint after which it was numbered
    SIGNATURE = "signature"  # no known key signed it
    REWRITTEN = "rewritten"  # the log is not what was signed
    ROLLED_BACK = "rolled_back"  # the log is shorter than what was signed
    DIFFERS = "differs"  # a row does not stand as the events say
    FILE = "file"  # a stored file is gone or changed


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
