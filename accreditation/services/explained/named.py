"""What was named: designations, every certificate that was issued for them, with its proof, its file and its end."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accreditation.models import Application, Designation, NamingDecision
from accreditation.queries.certificates import ENDS
from accreditation.services.certificate_proofs import (
    FILE,
    ISSUE,
    OF_ENDING,
    kept_of,
    recorded_of,
    said_of,
)
from accreditation.services.explained.applications import Applications, Explicable
from accreditation.services.explained.comparing import code_of, hold, missing, place_of, stray
from accreditation.services.explained.histories import Said
from accreditation.states import ActionWord
from certificates import archive
from certificates.models import STATUS_LIST_LENGTH, Certificate, Ending, NumberSequence
from certificates.proofs import place_of as place_in_log
from certificates.standing import ending_of
from workflows.ledger.proofs import proven
from workflows.ledger.verification.broken import Broken, Fault
from workflows.models import Checkpoint, Event

NAME = "name_studio"
UNFIT = (LookupError, TypeError, ValueError)
Issued = Mapping[str, Certificate]
"""The certificates of one application by their codes, in the order in which they were registered."""
Reasons = Mapping[tuple[str, int], str]
"""The reasons that the record gives, by stream and number; "" where one was erased."""


def check_named(batch: Applications) -> int:
    """Check designations and certificates: what they say, and the files; return how many rows. Raises Broken."""
    rows = Designation.objects.filter(application__in=[one.pk for one in batch])
    rows = rows.select_related("decision", "certificate").prefetch_related("decision__signed_by")
    found = {one.application_id: one for one in rows}
    issued, count = _certificates(batch), 0
    reasons = _reasons(batch)
    for one in batch:
        designation, named = found.get(one.pk), one.history.said(NAME)
        if designation is None and named:
            raise missing(named[0].place(Designation, one.stream))
        if designation is None:
            continue
        if not named:
            raise stray(Designation, designation.pk)
        _check_designation(one, designation)
        count += _check_certificates(one, designation, issued.get(one.stream, {}), reasons)
    _check_proofs([certificate for of_one in issued.values() for certificate in of_one.values()])
    return len(found) + count


def refuse_certificates_of_nothing() -> None:
    """Raise Broken where a certificate belongs to no designation, or shares its place in a status list."""
    designated = Designation.objects.filter(application__public_id=OuterRef("issued_for"))
    loose = Certificate.objects.filter(~Exists(designated)).order_by("pk").first()
    if loose is not None:
        raise stray(Certificate, loose.pk)
    lost = Ending.objects.filter(~Exists(Certificate.objects.filter(pk=OuterRef("certificate"))))
    if ending := lost.order_by("pk").first():
        raise stray(Ending, ending.pk)
    places = Certificate.objects.order_by("status_list", "status_index").values("status_list", "status_index")
    shared = places.annotate(holders=Count("pk")).filter(holders__gt=1).first()
    wrong = Q(status_index__gte=STATUS_LIST_LENGTH)
    if shared:
        wrong |= Q(status_list=shared["status_list"], status_index=shared["status_index"])
    if one := Certificate.objects.filter(wrong).order_by("pk").first():
        what = _("状态位%(index)d不归它一张证书所有") % {"index": one.status_index}
        raise Broken(place_of(Certificate, one.pk), Fault.DIFFERS, what)
    _refuse_gaps()


def _refuse_gaps() -> None:
    """Raise Broken unless the numbers of each year go from 1 on, and the next one follows the last.

    Each year is read in one statement: somebody may be taking a number.
    """
    own = Certificate.objects.filter(year=OuterRef("year")).order_by().values("year")
    count = Coalesce(Subquery(own.annotate(of=Count("pk")).values("of")), 0)
    last = Coalesce(Subquery(own.annotate(of=Max("serial")).values("of")), 0)
    for row in NumberSequence.objects.order_by("year").annotate(count=count, last=last).values():
        said = {"next_serial": row["last"] + 1, "count": row["last"]}
        hold(place_of(NumberSequence, row["id"]), said, row)
    numbered = NumberSequence.objects.filter(year=OuterRef("year"))
    if lost := Certificate.objects.filter(~Exists(numbered)).order_by("pk").first():
        raise missing(place_of(NumberSequence, lost.year))


def _certificates(batch: Applications) -> dict[str, dict[str, Certificate]]:
    """Return the certificates of these applications by stream. One query."""
    codes = [one.stream.partition("/")[2] for one in batch]
    rows = Certificate.objects.filter(issued_for__in=codes).order_by("pk").select_related("layout")
    found: dict[str, dict[str, Certificate]] = {}
    for row in rows.select_related("ending__successor"):
        found.setdefault(f"{Application.stream_kind}/{row.issued_for}", {})[str(row.public_id)] = row
    return found


def _reasons(batch: Applications) -> Reasons:
    """Return why certificates of these applications ended, as the record has it. One query, where any has ended."""
    streams = [one.stream for one in batch if one.history.said(*ENDS)]
    if not streams:
        return {}
    events = Event.objects.filter(stream__in=streams, action__in=ENDS).select_related("payload")
    return {(event.stream, event.sequence): event.personal.get("reason", "") for event in events}


def _check_designation(one: Explicable, designation: Designation) -> None:
    [event] = one.history.said(NAME)
    decision, columns = designation.decision, one.columns
    renewed = one.history.said(ActionWord.RENEW_CERTIFICATE)
    until = renewed[-1].facts["valid_until"] if renewed else decision.valid_until.isoformat()
    expected = {
        "studio_id": columns["studio_id"], "district_id": columns["district_id"], "level": columns["level"],
        "decision": event.facts["decision"], "named_on": decision.signed_on, "valid_until": until,
    }  # fmt: skip
    found = vars(designation) | {
        "decision": decision.number,
        "valid_until": designation.valid_until.isoformat(),
    }
    hold(event.place(Designation, designation.pk), expected, found)
    signed = {"signed_at": decision.signed_at, "signed_by": code_of(decision, "signed_by")}
    hold(event.place(NamingDecision, decision.pk), {"signed_at": event.at, "signed_by": event.actor}, signed)


def _check_certificates(one: Explicable, designation: Designation, issued: Issued, reasons: Reasons) -> int:
    """Check that those certificates are there that were issued, the last of them in force; return how many rows."""
    events = {event.facts["certificate"]: event for event in one.history.said(ISSUE)}
    for code, event in events.items():
        if code not in issued:
            raise missing(event.place(Certificate, code))
    for code, certificate in issued.items():
        if code not in events:
            raise stray(Certificate, certificate.pk)
        _check_text(certificate, events[code])
        made = [event for event in one.history.said(FILE) if event.facts["certificate"] == code]
        _check_file(certificate, one.stream, made)
    last = list(events.values())[-1] if events else None
    in_force = issued[last.facts["certificate"]].pk if last else None
    place = place_of(Designation, designation.pk, one.stream, last.sequence if last else None)
    hold(place, {"certificate_id": in_force}, vars(designation))
    if events:
        _check_first(issued[next(iter(events))], designation, next(iter(events.values())))
    return len(issued) + _check_endings(one, issued, reasons)


def _check_text(certificate: Certificate, event: Said) -> None:
    place = event.place(Certificate, certificate.pk)
    said = event.facts
    kept = {name: fact for name, fact in kept_of(certificate).items() if name in said}
    found = recorded_of(certificate, said) | kept
    names = [*said, *found]
    hold(place, {name: said.get(name) for name in names}, {name: found.get(name) for name in names})
    expected = {"registered_at": event.at, "year": certificate.issued_on.year}
    hold(place, expected, vars(certificate))


def _check_first(certificate: Certificate, designation: Designation, event: Said) -> None:
    """What was issued first is as the decision says; what came later, as its own events say."""
    decided = {"issued_on": designation.named_on, "valid_until": designation.decision.valid_until}
    hold(event.place(Certificate, certificate.pk), decided, vars(certificate))


def _check_endings(one: Explicable, issued: Issued, reasons: Reasons) -> int:
    """Check that just those certificates have ended that were ended, and as it was said; return how many."""
    endings = {code: ending for code, row in issued.items() if (ending := ending_of(row))}
    left = dict(endings)
    for event in one.history.said(*ENDS):
        code = event.facts["certificate"]
        ending = left.pop(code, None)
        if ending is None:
            raise missing(event.place(Ending, code))
        place, said = event.place(Ending, ending.pk), said_of(ending)
        hold(
            place,
            {name: event.facts.get(name) for name in OF_ENDING},
            {name: said.get(name) for name in OF_ENDING},
        )
        kind = Ending.Kind.SUPERSEDED if event.facts.get("new_certificate") else Ending.Kind.REVOKED
        reason = reasons[event.stream, event.sequence]
        hold(place, {"kind": kind, "recorded_at": event.at, "reason": reason}, vars(ending))
    for ending in left.values():
        raise stray(Ending, ending.pk)
    return len(endings)


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
    streams = {f"{Application.stream_kind}/{one.issued_for}" for one in made.values()}
    events = Event.objects.filter(stream__in=streams, action=ISSUE)
    for event in events.select_related("leaf", "payload"):
        certificate = made.get(event.facts["certificate"])
        if certificate and _proof_of(event, certificate.log_proof) != certificate.log_proof:
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
