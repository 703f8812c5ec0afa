"""What the log says of a certificate: that it was issued, with all that is printed on it; later, which file was made.

The first is proved in the file itself, so the file is drawn only when a checkpoint holds it.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accreditation.models import Application
from accreditation.queries.certificates import ENDS
from certificates.models import Certificate, Ending
from certificates.proofs import Fault, LogProof, NoProof, NotChecked
from certificates.standing import ending_of
from workflows.actors import SYSTEM
from workflows.engine import record
from workflows.ledger import log, tree
from workflows.ledger.chain import digest, written
from workflows.ledger.checkpoints import covering
from workflows.ledger.keys import CannotSign, NoKey, verifiers
from workflows.ledger.notes import BadNote, Tree, open_checkpoint, read_note, read_verifier
from workflows.ledger.proofs import proven
from workflows.ledger.standing import Seal, examine_each, newest_seal
from workflows.models import Event

ISSUE, FILE = "issue_certificate", "file_certificate"
OF_ENDING = ("certificate", "number", "ended_on", "new_certificate", "new_number")
"""What the record says of the end of a certificate, the last two where another takes its place."""
OF_REGISTER = ("serial", "layout")
"""What the record says and the certificate does not show, nor the credential in it."""


def record_issue(application: Application, certificate: Certificate, at: datetime) -> None:
    """Record the registration of a certificate, in its transaction; the caller holds the application's lock."""
    facts = printed_on(certificate) | _status_of(certificate) | kept_of(certificate)
    record(application, ISSUE, by=SYSTEM, at=at, office=application.city, **facts)


def printed_on(certificate: Certificate) -> dict[str, Any]:
    """Return what the record says of a certificate: all that is printed, of the check code only its SHA-256."""
    joint = {"joint_issuers": certificate.joint_issuers} if certificate.joint_issuers else {}
    return {
        "certificate": str(certificate.public_id),
        "number": certificate.number,
        "studio": certificate.studio_name,
        "enterprise": certificate.enterprise_name,
        "title": certificate.title,
        "issuer": certificate.issuer,
        "decision": certificate.decision_number,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "check_code_sha256": digest(certificate.check_code),
        **joint,
    }


def _status_of(certificate: Certificate) -> dict[str, Any]:
    """Return which bit of which status list tells of a certificate."""
    return {"status": [certificate.status_list, certificate.status_index]}


def kept_of(certificate: Certificate) -> dict[str, Any]:
    """Return what the record says of a certificate that only the register has: its serial number, and its layout."""
    layout = certificate.layout
    # Where it names a layout that is gone, that is none of those that can have been recorded.
    return {
        "serial": certificate.serial,
        "layout": layout.version if layout else certificate.layout_id and "gone",
    }


def recorded_of(certificate: Certificate, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the facts of its issue must be besides `OF_REGISTER`, of which a credential knows nothing.

    Before there were status lists they did not say its place in one.
    """
    return printed_on(certificate) | (_status_of(certificate) if "status" in facts else {})


def said_of(ending: Ending) -> dict[str, Any]:
    """Return what the record says of the end of a certificate, all but the reason: that can be erased."""
    facts = {
        "certificate": str(ending.certificate.public_id),
        "number": ending.certificate.number,
        "ended_on": ending.ended_on.isoformat(),
    }
    new = ending.successor
    return facts | ({"new_certificate": str(new.public_id), "new_number": new.number} if new else {})


def log_proof(certificate: Certificate, at: datetime) -> LogProof | None:
    """Return the proof that the first checkpoint to do so holds the record of the issue; it is made if there is none.

    None while the record has no place in the log. Raises NoProof if nothing can be signed.
    """
    stream = Application.objects.get(public_id=certificate.issued_for).stream
    events = _records_of(certificate, stream, ISSUE)
    if len(events) != 1:
        raise NoProof(f"{certificate} is recorded {len(events)} times in {stream}")
    try:
        checkpoint = covering(events[0], at)
        signed_by = read_note(checkpoint.note).signed_by(verifiers()) if checkpoint else []
    except (CannotSign, BadNote) as error:
        raise NoProof(str(error)) from error
    if checkpoint is None:
        return None
    if not signed_by:
        raise NoProof(f"no known key signed the checkpoint of {checkpoint.size} leaves")
    [one] = proven(_records_of(certificate, stream, ISSUE), checkpoint)
    return {
        "leaf": one["leaf"],
        "body": one["body"],
        "proof": one["proof"],
        "checkpoint": checkpoint.note,
        "keys": [str(key) for key in signed_by],
    }


def record_file(certificate: Certificate, at: datetime) -> None:
    """Record the file of a certificate, in the transaction in which its row gets it."""
    application = Application.objects.select_for_update().get(public_id=certificate.issued_for)
    record(application, FILE, by=SYSTEM, at=at, office=application.city, **_made_of(certificate))


def fault_of(certificate: Certificate) -> Fault | None:
    """Return what does not hold of a certificate's proof, of the log it leads to, of its file or its end in that log.

    Raises NotChecked where no public key of the log is known. Four queries, if `ending__successor` was joined.
    """
    held = _held_by_itself(certificate)
    return held if isinstance(held, Fault) else _fault_in_log(certificate, *held)


def fault_by_itself(certificate: Certificate) -> Fault | None:
    """Return what does not hold of a certificate's proof without asking our log; it need not be in any table.

    Raises NotChecked where no public key of the log is known. No query.
    """
    held = _held_by_itself(certificate)
    return held if isinstance(held, Fault) else None


def _held_by_itself(certificate: Certificate) -> Fault | tuple[int, str, Tree]:
    """Return the leaf, the record and the signed tree of a proof that holds by itself, or what does not hold of it."""
    proof = certificate.log_proof
    try:
        leaf, body, note = proof["leaf"] + 0, proof["body"] + "", proof["checkpoint"] + ""
        path = [b64decode(one, validate=True) for one in proof["proof"]]
        keys = [read_verifier(one + "") for one in proof["keys"]]
        said = written(body)
    except (KeyError, RecursionError, TypeError, ValueError):
        return Fault.MISSING
    facts = said.get("facts")
    if said.get("action") != ISSUE or not isinstance(facts, dict):
        return Fault.CONTENT
    if {name: fact for name, fact in facts.items() if name not in OF_REGISTER} != recorded_of(
        certificate, facts
    ):
        return Fault.CONTENT
    try:
        known = verifiers()
        signed = open_checkpoint(note, [key for key in keys if key in known])
        tree.check_inclusion(leaf, signed.size, tree.leaf_hash(body.encode()), path, signed.root)
    except NoKey as error:
        raise NotChecked(str(error)) from error
    except BadNote:
        return Fault.SIGNATURE
    except tree.BadProof:
        return Fault.INCLUSION
    return leaf, body, signed


def _fault_in_log(certificate: Certificate, leaf: int, body: str, signed: Tree) -> Fault | None:
    """Return what our own log says against a proof that holds by itself."""
    seal = newest_seal()
    if seal.tree is None or not _goes_on(signed, seal.tree):
        return Fault.CHECKPOINT
    events = _records_of(certificate, written(body)["stream"], ISSUE, FILE, *ENDS)
    sound = _sound(events, seal)
    issued = [event for event in events if event.action == ISSUE]
    if [(_leaf(event), event.body) for event in issued if event in sound] != [(leaf, body)]:
        return Fault.RECORD
    made = [event for event in events if event.action == FILE]
    if [event.facts for event in made if event in sound] != [_made_of(certificate)]:
        return Fault.FILE
    return None if _ends_as_recorded(certificate, events, sound) else Fault.ENDING


def _ends_as_recorded(certificate: Certificate, events: Sequence[Event], sound: Sequence[Event]) -> bool:
    """Return whether the certificate is ended just as the log says, and goes on where it says nothing of an end."""
    ending, ends = ending_of(certificate), [event for event in events if event.action in ENDS]
    if ending is None or not ends:
        return ending is None and not ends
    said, [event, *more] = said_of(ending), ends
    if event not in sound or more or event.personal.get("reason", "") != ending.reason:
        return False
    return all(event.facts.get(name) == said.get(name) for name in OF_ENDING)


def _goes_on(old: Tree, new: Tree) -> bool:
    """Return whether our log still has the old tree and goes on from it to the new one. One query."""
    try:
        root, *proof = log.roots([(0, old.size), *tree.consistency(old.size, new.size)])
        tree.check_consistency(old.size, old.root, new.size, new.root, proof)
    except (KeyError, ValueError):
        return False
    return root == old.root


def _sound(events: Sequence[Event], seal: Seal) -> list[Event]:
    marks = examine_each(events, seal).marks
    return [event for event in events if not marks[event.pk].fault]


def _leaf(event: Event) -> int | None:
    return getattr(getattr(event, "leaf", None), "index", None)


def _made_of(certificate: Certificate) -> dict[str, Any]:
    """Return what the record says of the file: which, by its hash, and how many bytes."""
    public_id = str(certificate.public_id)
    return {"certificate": public_id, "sha256": certificate.sha256, "size": certificate.size}


def _records_of(certificate: Certificate, stream: str, *actions: str) -> list[Event]:
    """Return what a stream says of a certificate under these actions. One query."""
    rows = Event.objects.filter(stream=stream, action__in=actions).select_related(
        "payload", "leaf", "office", "actor"
    )
    public_id = str(certificate.public_id)
    return [event for event in rows.order_by("sequence") if event.facts.get("certificate") == public_id]
