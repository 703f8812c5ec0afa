"""What was named: designations and their certificates, with the proofs that stand in them and their files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accreditation.models import Application, Designation
from accreditation.services.certificate_proofs import FILE, ISSUE, printed_on
from accreditation.services.explained.comparing import hold, missing, place_of, stray
from accreditation.services.explained.histories import History, Said
from certificates import archive
from certificates.models import Certificate
from certificates.proofs import place_of as place_in_log
from workflows.ledger.proofs import proven
from workflows.ledger.verification.broken import Broken, Fault, Place
from workflows.models import Checkpoint, Event

NAME = "name_studio"
UNFIT = (LookupError, TypeError, ValueError)


def check_designations(rows: Sequence[Application], said: Mapping[str, History]) -> int:
    """Check that what is named was named by a decision, at its level and time; return how many. Raises Broken."""
    designations = Designation.objects.filter(application__in=rows).select_related("decision__signed_by")
    found = {one.application_id: one for one in designations}
    for row in rows:
        for event in said[row.stream].said(NAME):
            designation = found.pop(row.pk, None)
            if designation is None:
                raise missing(event.place(Designation._meta.db_table, row.public_id))
            _check_designation(row, designation, event)
    for designation in found.values():
        raise stray(designation)
    return len(designations)


def check_certificates(rows: Sequence[Application], said: Mapping[str, History]) -> int:
    """Check that the certificates are those that were issued, with what they say; return how many. Raises Broken."""
    designations = Designation.objects.filter(application__in=rows).select_related("certificate")
    found = {one.application_id: one for one in designations}
    certificates = []
    for row in rows:
        designation, history = found.get(row.pk), said[row.stream]
        certificate = designation.certificate if designation else None
        issued = history.said(ISSUE)
        for event in issued:
            if certificate is None or event.facts["certificate"] != str(certificate.public_id):
                raise missing(event.place(Certificate._meta.db_table, event.facts["certificate"]))
            _check_text(certificate, designation, event)
        if certificate is not None:
            if not issued:
                raise stray(certificate)
            _check_file(certificate, row.stream, history.said(FILE))
            certificates.append(certificate)
    _check_proofs(certificates)
    return len(certificates)


def refuse_certificates_of_nothing() -> None:
    """Raise Broken where there is a certificate that belongs to no designation."""
    designated = Designation.objects.filter(certificate=OuterRef("pk"))
    loose = Certificate.objects.filter(~Exists(designated)).order_by("pk").first()
    if loose is not None:
        raise stray(loose)


def _check_designation(row: Application, designation: Designation, event: Said) -> None:
    decision = designation.decision
    expected = {
        "studio": row.studio_id, "district": row.district_id, "level": row.cycle.level,
        "decision": event.facts["decision"], "named_on": decision.signed_on, "valid_until": decision.valid_until,
    }  # fmt: skip
    found = {
        "studio": designation.studio_id, "district": designation.district_id, "level": designation.level,
        "decision": decision.number, "named_on": designation.named_on, "valid_until": designation.valid_until,
    }  # fmt: skip
    hold(place_of(designation, event.stream, event.sequence), expected, found)
    signed = {"signed_at": decision.signed_at, "signed_by": str(decision.signed_by.public_id)}
    place = place_of(decision, event.stream, event.sequence)
    hold(place, {"signed_at": event.at, "signed_by": event.actor}, signed)


def _check_text(certificate: Certificate, designation: Any, event: Said) -> None:
    place = place_of(certificate, event.stream, event.sequence)
    hold(place, event.facts, printed_on(certificate))
    expected = {
        "registered_at": event.at, "year": designation.named_on.year,
        "issued_on": designation.named_on, "valid_until": designation.valid_until,
    }  # fmt: skip
    hold(place, expected, vars(certificate))


def _check_file(certificate: Certificate, stream: str, made: Sequence[Said]) -> None:
    """Without a file nothing says that it was made; with one, its bytes are those that the event has the hash of."""
    if not made and not certificate.sha256:
        return
    event = made[0] if made else None
    place = place_of(certificate, stream, event.sequence if event else None)
    expected = {"sha256": "", "size": None, "rendered_at": None}
    if event:
        expected = {"sha256": event.facts["sha256"], "size": event.facts["size"], "rendered_at": event.at}
    hold(place, expected, vars(certificate))
    if not archive.is_intact(certificate):
        file = Place(certificate.file.name, str(certificate.pk), place.stream, place.sequence)
        raise Broken(file, Fault.FILE, _("存档的文件不在，或者与登记的摘要不符"))


def _check_proofs(certificates: Iterable[Certificate]) -> None:
    """Check that each proof is the one that the log gives today for the same event and checkpoint."""
    made = {str(one.public_id): one for one in certificates if one.sha256}
    streams = Application.objects.filter(designation__certificate__in=made.values())
    events = Event.objects.filter(stream__in=[one.stream for one in streams], action=ISSUE)
    for event in events.select_related("leaf", "payload") if made else ():
        certificate = made[event.facts["certificate"]]
        if _proof_of(event, certificate.log_proof) != certificate.log_proof:
            place = place_of(certificate, event.stream, event.sequence)
            raise Broken(place, Fault.DIFFERS, _("log_proof与日志给出的存证不同"))


def _proof_of(event: Event, shown: Any) -> dict[str, Any] | None:
    """Return what the log proves of the event with the checkpoint and keys that a proof names; None without them."""
    try:
        checkpoint = Checkpoint.objects.get(size=place_in_log(shown).size)
        [one] = proven([event], checkpoint)
        proof = {"leaf": one["leaf"], "body": one["body"], "proof": one["proof"]}
        return proof | {"checkpoint": checkpoint.note, "keys": shown["keys"]}
    except (*UNFIT, Checkpoint.DoesNotExist):
        return None
