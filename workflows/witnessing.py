"""Witness the log of another system: fetch its newest checkpoint, cosign it if the log only grew, and hand that in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.ledger import peers, tree, witnesses
from workflows.ledger.notes import BadNote, Tree, open_checkpoint, read_note
from workflows.ledger.peers import OtherLog
from workflows.ledger.witnesses import Conflict, Inconsistent, NotWitnessed, Submission, read_submission
from workflows.notifications.addresses import NoAnswer, NotAllowed, Reply, exchange, target

MOST = 64 * 1024
AGENT = "Wuhao-Witness/1"


class NotCosigned(Exception):
    """The checkpoint was not cosigned; the text says why."""


class NotHandedIn(NotCosigned):
    """It was cosigned, but its log did not take the cosignature: cosigned again, it is handed in again."""


class Misbehaved(NotCosigned):
    """The log was changed, or takes back what it had signed. `evidence` is signed by its key: it is to be kept."""

    def __init__(self, text: str, evidence: Sequence[str]) -> None:
        super().__init__(text)
        self.evidence = [one for one in evidence if one]


@dataclass(frozen=True)
class Cosigned:
    """A checkpoint that was cosigned and handed in."""

    tree: Tree
    line: str


def cosign_log(url: str, at: datetime, kept: str = "") -> Cosigned:
    """Witness the log whose checkpoints stand below `url`. It goes on from `kept` too, a checkpoint that one has.

    Raises NotCosigned or one of its kinds; NoKey; BadSetting.
    """
    log = _known(url)
    note = _get(log, "checkpoint")
    offered, before = _opened(log, note), witnesses.last_cosigned(log.key.name)
    if kept:
        _ask_from(log, _opened(log, kept), kept, offered, note)
    old = before.size if before else 0
    if before and offered.size < old:
        text = f"it was cosigned with {old} leaves, and shows {offered.size} now"
        raise Misbehaved(text, [before.note, note])
    submission = Submission(old, _proof(log, old, offered, note), note)
    try:
        line = witnesses.cosign(submission, at)
    except (Conflict, Inconsistent) as error:
        raise Misbehaved(str(error), [before.note if before else "", note]) from error
    except NotWitnessed as error:
        raise NotCosigned(str(error)) from error
    _hand_in(log, f"{read_note(note).text}\n{line}")
    return Cosigned(offered, line)


def _known(url: str) -> OtherLog:
    """Return the log of this address, as the settings name it."""
    asked = url.rstrip("/") + "/"
    found = [one for one in peers.witnessed_logs() if asked in {one.url, one.url.removesuffix("ledger/")}]
    if not found:
        raise NotCosigned("WUHAO_WITNESSED_LOGS has no line that ends in this address")
    return found[-1]


def _opened(log: OtherLog, note: str) -> Tree:
    keys = [one.key for one in peers.witnessed_logs() if one.url == log.url]
    try:
        found = open_checkpoint(note, keys)
    except BadNote as error:
        raise NotCosigned(str(error)) from error
    if found.origin != log.key.name:
        raise NotCosigned(f"the checkpoint is that of another log: {found.origin!r}")
    return found


def _ask_from(log: OtherLog, old: Tree, kept: str, offered: Tree, note: str) -> None:
    """Let the log prove that it goes on from a checkpoint that somebody kept."""
    if offered.size < old.size:
        raise Misbehaved(f"it had {old.size} leaves, and shows {offered.size} now", [kept, note])
    proof = _proof(log, old.size, offered, note)
    try:
        tree.check_consistency(old.size, old.root, offered.size, offered.root, proof)
    except tree.BadProof as error:
        raise Misbehaved(str(error), [kept, note]) from error


def _proof(log: OtherLog, old: int, offered: Tree, note: str) -> tuple[bytes, ...]:
    if old in (0, offered.size):
        return ()
    try:
        given = read_submission(_get(log, f"consistency?from={old}&to={offered.size}"))
    except NotWitnessed as error:
        raise Misbehaved(f"it gives no proof that it goes on from {old} leaves: {error}", [note]) from error
    return given.proof


def _hand_in(log: OtherLog, text: str) -> None:
    reply = _ask(log, "cosignatures/", text)
    if reply.status != 200:
        raise NotHandedIn(f"cosigned, but not taken: {reply.status} {_words(reply)}")


def _get(log: OtherLog, path: str) -> str:
    reply = _ask(log, path)
    if reply.status != 200:
        raise NotCosigned(f"{log.url}{path} answers {reply.status}")
    try:
        return reply.content.decode()
    except UnicodeDecodeError as error:
        raise NotCosigned(f"{log.url}{path} is not text") from error


def _ask(log: OtherLog, path: str, text: str = "") -> Reply:
    headers = {"User-Agent": AGENT, "Connection": "close"}
    if text:
        headers["Content-Type"] = "text/plain; charset=utf-8"
    try:
        to = target(f"{log.url}{path}")
        return exchange(to, "POST" if text else "GET", text.encode() or None, headers, most=MOST)
    except NotAllowed as refusal:
        hint = ": allow its network by WUHAO_WEBHOOK_NETWORKS" if refusal.code == "private" else ""
        raise NotCosigned(f"{log.url} is not asked, its address is {refusal.code}{hint}") from refusal
    except NoAnswer as failure:
        raise NotCosigned(f"{log.url} does not answer: {failure.code}") from failure


def _words(reply: Reply) -> str:
    return " ".join(reply.content.decode(errors="replace").split())[:200]
