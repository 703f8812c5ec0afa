"""What is given to somebody who trusts nobody: an event with the proof that a checkpoint holds it.

The format is read by `verify/verify.py`, which knows nothing of this system.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypedDict

from workflows.ledger import log, tree
from workflows.ledger.chain import written
from workflows.models import Checkpoint, Event

FORMAT = "wuhao-events/1"


class Proven(TypedDict):
    """One event. `body` is the text that is hashed, `personal` is {field: [salt, text]} of what is not erased.

    `proof` are the hashes (base64) from the leaf up to the root of the checkpoint's tree.
    """

    leaf: int
    body: str
    personal: dict[str, Any]
    proof: list[str]


def proven(events: Iterable[Event], checkpoint: Checkpoint, *, batch: int = 500) -> Iterator[Proven]:
    """Yield the events that the checkpoint holds, each with its proof; those that are newer are left out.

    `events` come with `leaf` and `payload`. One query for about every hundred events.
    """
    rest = iter(events)
    while some := list(islice(rest, batch)):
        held = [event for event in some if _leaf(event) is not None and event.leaf.index < checkpoint.size]
        paths = [tree.inclusion(event.leaf.index, checkpoint.size) for event in held]
        hashes = log.hashes_at(tree.positions(one for path in paths for one in path))
        for event, path in zip(held, paths, strict=True):
            payload = getattr(event, "payload", None)
            yield Proven(
                leaf=event.leaf.index,
                body=event.body,
                personal=written(payload.content) if payload else {},
                proof=in_base64(tree.root_of(one, hashes) for one in path),
            )


def in_base64(hashes: Iterable[bytes]) -> list[str]:
    """Return hashes as they stand in proofs and notes."""
    return [b64encode(one).decode() for one in hashes]


def _leaf(event: Event) -> Any:
    return getattr(event, "leaf", None)
