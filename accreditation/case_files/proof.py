"""The proof of a case file: its seal, an event, and then every event with the proof that a checkpoint holds it.

The seal is the last event of the application's journal of readings. It says which files there are and where the
streams end, so whoever changes a file or leaves out the last events has to change the log. `verify/verify.py` reads it.
"""

import hashlib
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from accreditation.case_files.contents import CannotBuild, Contents
from accreditation.models import CaseFile
from accreditation.queries.case_files import UNREADABLE, UNSIGNED
from accreditation.queries.timeline import events_of
from accreditation.services.journals import READING
from workflows.actors import SYSTEM
from workflows.journals import note_down
from workflows.ledger import log, tree
from workflows.ledger.chain import canonical, written
from workflows.ledger.checkpoints import covering, latest
from workflows.ledger.keys import CannotSign, verifiers
from workflows.ledger.peers import BadSetting, witnesses
from workflows.ledger.proofs import Proven, in_base64, proven
from workflows.ledger.witnesses import with_cosignatures
from workflows.models import Checkpoint, Event

SEAL = "seal_case_file"
BATCH = 200  # checkpoints whose proofs are calculated together
PATIENCE, PAUSE = 50, 0.1  # how often, and after how many seconds, a place in the log is asked for again

logger = logging.getLogger(__name__)


def write_keys(folder: Path) -> None:
    """Write the public keys: of the log, and of those who witness it. Raises CannotBuild."""
    try:
        known = [*verifiers(), *witnesses()]
    except (CannotSign, BadSetting) as error:
        logger.exception("the public keys of the log cannot be read")
        raise CannotBuild(UNSIGNED) from error
    (folder / "keys.txt").write_text("".join(f"{key}\n" for key in known), encoding="utf-8")


def seal(
    case_file: CaseFile, contents: Contents, sealed: Mapping[str, str], folder: Path, at: datetime
) -> Event:
    """Write the list of what is sealed, by name with the SHA-256, and record it in the ledger."""
    text = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(sealed.items())).encode()
    (folder / "sealed.txt").write_bytes(text)
    newest = latest()
    size = newest.size if newest else 0
    last = contents.events[-1]
    return note_down(
        READING,
        str(contents.application.public_id),
        SEAL,
        by=SYSTEM,
        at=at,
        case_file=str(case_file.public_id),
        sealed=hashlib.sha256(text).hexdigest(),
        streams={last.stream: [last.sequence, last.hash]},
        checkpoints=[Checkpoint.objects.filter(size__lte=size).count(), size],
    )


def write_proof(contents: Contents, sealed_by: Event, folder: Path, at: datetime) -> Checkpoint:
    """Write the events, the checkpoint that holds them all, and that it goes on from all before. Raises CannotBuild."""
    checkpoint = _covering(sealed_by, at)
    readings = [event for event in events_of(sealed_by.stream) if event.sequence <= sealed_by.sequence]
    events = [*events_of(contents.events[-1].stream)[: contents.events[-1].sequence], *readings]
    rows = [canonical(_provable(record)) for record in proven(events, checkpoint)]
    if len(rows) != len(events):
        raise CannotBuild(UNREADABLE, sealed_by.stream)
    _write(folder / "events.jsonl", rows)
    (folder / "checkpoint.txt").write_text(with_cosignatures(checkpoint), encoding="utf-8")
    _write(folder / "consistency.jsonl", map(canonical, _history(checkpoint)))
    return checkpoint


def _provable(record: Proven) -> Proven:
    """Leave out texts that have no hashes of their own, those of schema 1: nobody outside could check them."""
    return record if isinstance(written(record["body"])["personal"], dict) else record | {"personal": {}}


def _covering(event: Event, at: datetime) -> Checkpoint:
    """Return a checkpoint that holds the event; while another runner numbers events, wait for it."""
    try:
        for _attempt in range(PATIENCE):
            if checkpoint := covering(event, at):
                return checkpoint
            time.sleep(PAUSE)
    except CannotSign as error:
        logger.exception("no checkpoint for a case file")
        raise CannotBuild(UNSIGNED) from error
    raise CannotBuild(UNREADABLE, event.stream)


def _history(checkpoint: Checkpoint) -> Iterator[dict[str, Any]]:
    """Yield every tree that was ever signed up to this one, with the proof that it is the beginning of this one."""
    rows = Checkpoint.objects.filter(size__lte=checkpoint.size).order_by("size").values_list("size", "root")
    rest = rows.iterator(chunk_size=BATCH)
    while some := list(islice(rest, BATCH)):
        paths = [tree.consistency(size, checkpoint.size) for size, _root in some]
        hashes = log.hashes_at(tree.positions(one for path in paths for one in path))
        for (size, root), path in zip(some, paths, strict=True):
            proof = in_base64(tree.root_of(one, hashes) for one in path)
            yield {"size": size, "root": in_base64([bytes.fromhex(root)])[0], "proof": proof}


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
