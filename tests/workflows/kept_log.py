"""A small log to tamper with: three streams, two checkpoints, a witness, somebody who stood in, an erased reason."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.test import override_settings

from tests import factories
from tests.factories import AT
from workflows.actors import SYSTEM, Substitute
from workflows.erasing import erase
from workflows.journals import note_down
from workflows.ledger import checkpoints, log
from workflows.ledger.notes import COSIGNATURE, Signer
from workflows.ledger.witnesses import add_cosignatures
from workflows.models import Checkpoint, Event

WITNESS = Signer("witness.test/w", b"\3" * 32)
WITNESS_KEY = str(WITNESS.verifier(COSIGNATURE))
HOUR = timedelta(hours=1)
STREAM = "settings/first"


@dataclass(frozen=True)
class KeptLog:
    """The log, and the file in which an auditor kept its newest checkpoint; another holds the one before."""

    kept: Path
    older: Path


def made(directory: Path) -> KeptLog:
    """Write the log. The last event is not numbered."""
    office = factories.union()
    people = [factories.member(office, "review", "decide") for _number in range(2)]
    for number in range(4):
        for code in ("first", "second"):
            note_down(
                "settings", code, "told", by=people[0], at=AT + number * HOUR, office=office, role="review",
                reason=f"理由{number}", count=number,
            )  # fmt: skip
    older = _checkpoint(AT + 4 * HOUR)
    note_down(
        "settings", "first", "told", by=Substitute(people[0], people[1], AT), at=AT + 5 * HOUR, office=office
    )
    note_down("settings", "third", "told", by=SYSTEM, at=AT + 5 * HOUR)
    erase(STREAM, {2: ["reason"]}, by=people[1], at=AT + 6 * HOUR, order="令〔2026〕1号")
    note_down("settings", "first", "told", by=people[0], at=AT + 6 * HOUR, reason="理由6")
    newest = _checkpoint(AT + 7 * HOUR)
    text = newest.note.partition("\n\n")[0] + "\n"
    with override_settings(LEDGER_WITNESSES=WITNESS_KEY):
        add_cosignatures(f"{text}\n{WITNESS.cosign(text, AT + 8 * HOUR)}")
    note_down("settings", "third", "told", by=SYSTEM, at=AT + 9 * HOUR)
    return KeptLog(kept_in(directory / "kept.txt", newest), kept_in(directory / "older.txt", older))


def kept_in(path: Path, checkpoint: Checkpoint) -> Path:
    """Keep a checkpoint in a file, as an auditor does."""
    path.write_text(checkpoint.note, encoding="utf-8")
    return path


def event(number: int, stream: str = STREAM) -> Event:
    """Return an event of a stream by its number."""
    return Event.objects.get(stream=stream, sequence=number)


def _checkpoint(at) -> Checkpoint:
    log.number_events(at)
    return checkpoints.make(at)
