"""What was named: designations and their certificates, with the proofs that stand in them and their files."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accreditation.models import Application, Designation, NamingDecision
from accreditation.services.certificate_proofs import FILE, ISSUE, printed_on
from accreditation.services.explained.applications import Applications, Explicable
from accreditation.services.explained.comparing import code_of, hold, missing, place_of, stray
from accreditation.services.explained.histories import Said
from certificates import archive
from certificates.models import Certificate
from certificates.proofs import place_of as place_in_log
from workflows.ledger.proofs import proven
from workflows.ledger.verification.broken import Broken, Fault
from workflows.models import Checkpoint, Event

NAME = "name_studio"
UNFIT = (LookupError, TypeError, ValueError)


def check_named(batch: Applications) -> int:
    """Check designations and certificates: what they say, and the files; return how many rows. Raises Broken."""
    rows = Designation.objects.filter(application__in=[one.pk for one in batch])
    rows = rows.select_related("decision", "certificate").prefetch_related("decision__signed_by")
    found = {one.application_id: one for one in rows}
    certificates = []
    for one in batch:
        designation, named = found.get(one.pk), one.history.said(NAME)
        if designation is None and named:
            raise missing(named[0].place(Designation, one.stream))
        if designation is None:
            continue
        if not named:
            raise stray(Designation, designation.pk)
        _check_designation(one, designation)
        certificates += _check_certificate(one, designation)
    _check_proofs(certificates)
    return len(found) + len(certificates)


def refuse_certificates_of_nothing() -> None:
    """Raise Broken where there is a certificate that belongs to no designation."""
    designated = Designation.objects.filter(certificate=OuterRef("pk"))
    loose = Certificate.objects.filter(~Exists(designated)).order_by("pk").first()
    if loose is not None:
        raise stray(Certificate, loose.pk)


def _check_designation(one: Explicable, designation: Designation) -> None:
    [event] = one.history.said(NAME)
    decision, columns = designation.decision, one.columns
    expected = {
        "studio_id": columns["studio_id"], "district_id": columns["district_id"], "level": columns["level"],
        "decision": event.facts["decision"], "named_on": decision.signed_on, "valid_until": decision.valid_until,
    }  # fmt: skip
    found = vars(designation) | {"decision": decision.number}
    hold(event.place(Designation, designation.pk), expected, found)
    signed = {"signed_at": decision.signed_at, "signed_by": code_of(decision, "signed_by")}
    hold(event.place(NamingDecision, decision.pk), {"signed_at": event.at, "signed_by": event.actor}, signed)


def _check_certificate(one: Explicable, designation: Designation) -> list[Certificate]:
    certificate, issued = designation.certificate, one.history.said(ISSUE)
    if certificate is not None and not issued:
        raise stray(Certificate, certificate.pk)
    for event in issued:
        code = event.facts["certificate"]
        if certificate is None or code != str(certificate.public_id):
            raise missing(event.place(Certificate, code))
        _check_text(certificate, designation, event)
    if certificate is None:
        return []
    _check_file(certificate, one.stream, one.history.said(FILE))
    return [certificate]


def _check_text(certificate: Certificate, designation: Designation, event: Said) -> None:
    place = event.place(Certificate, certificate.pk)
    hold(place, event.facts, printed_on(certificate))
    expected = {
        "registered_at": event.at, "year": designation.named_on.year,
        "issued_on": designation.named_on, "valid_until": designation.valid_until,
    }  # fmt: skip
    hold(place, expected, vars(certificate))


def _check_file(certificate: Certificate, stream: str, made: Sequence[Said]) -> None:
    """Without a file nothing says that it was made; with one, its bytes are those that the event has the hash of."""
    event = made[0] if made else None
    place = place_of(Certificate, certificate.pk, stream, event.sequence if event else None)
    expected: dict[str, Any] = {"sha256": "", "size": None, "rendered_at": None}
    if event:
        expected = {"sha256": event.facts["sha256"], "size": event.facts["size"], "rendered_at": event.at}
    hold(place, expected, vars(certificate))
    if event and not archive.is_intact(certificate):
        what = _("存档的文件%(name)s不在，或者与登记的摘要不符") % {"name": certificate.file.name}
        raise Broken(place, Fault.FILE, what)


def _check_proofs(certificates: Iterable[Certificate]) -> None:
    """Check that each proof is the one that the log gives today for the same event and checkpoint."""
    made = {str(one.public_id): one for one in certificates if one.sha256}
    if not made:
        return
    streams = Application.objects.filter(designation__certificate__in=made.values()).only("public_id")
    events = Event.objects.filter(stream__in=[one.stream for one in streams], action=ISSUE)
    for event in events.select_related("leaf", "payload"):
        certificate = made[event.facts["certificate"]]
        if _proof_of(event, certificate.log_proof) != certificate.log_proof:
            place = place_of(Certificate, certificate.pk, event.stream, event.sequence)
            raise Broken(place, Fault.DIFFERS, _("log_proof与现在给出的存证不同"))


def _proof_of(event: Event, shown: Any) -> dict[str, Any] | None:
    """Return what the log proves of the event with the checkpoint and keys that a proof names; None without them."""
    try:
        checkpoint = Checkpoint.objects.get(size=place_in_log(shown).size)
        [one] = proven([event], checkpoint)
        proof = {"leaf": one["leaf"], "body": one["body"], "proof": one["proof"]}
        return proof | {"checkpoint": checkpoint.note, "keys": shown["keys"]}
    except (*UNFIT, Checkpoint.DoesNotExist):
        return None
