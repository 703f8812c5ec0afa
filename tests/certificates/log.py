"""A log that stands in for the real one: the documents know none, they ask three functions."""

from datetime import datetime
from typing import Any

from certificates.models import Certificate
from certificates.proofs import Fault, NoProof, NotChecked

NOTE = "ledger.test/wuhao\n58\nf4dsd+Z2s/JwS9c7cRD5+H+1Vz3bA3QFCSWFdbZ8kfE=\nat 2026-10-16T02:00:00Z\n\n— x AAAA\n"
KEY = "ledger.test/wuhao+46c2b692+ARzb"


class StandIn:
    """Gives every certificate a proof, notes the files that it is told of and says of each proof what a test wants."""

    def __init__(self) -> None:
        self.files: list[tuple[str, datetime]] = []
        self.refuses = ""
        self.waits: set[str] = set()
        self.fault: Fault | None = None
        self.is_unknown = False

    def obtain(self, certificate: Certificate, _at: datetime) -> dict[str, Any] | None:
        if self.refuses:
            raise NoProof(self.refuses)
        return None if certificate.number in self.waits else proof_of(certificate)

    def record_file(self, certificate: Certificate, at: datetime) -> None:
        self.files.append((certificate.sha256, at))

    def fault_of(self, _certificate: Certificate) -> Fault | None:
        if self.is_unknown:
            raise NotChecked
        return self.fault

    def fault_by_itself(self, certificate: Certificate) -> Fault | None:
        return None if certificate.log_proof == proof_of(certificate) else Fault.CONTENT


def proof_of(certificate: Certificate, leaf: int = 41) -> dict[str, Any]:
    """Return a proof that looks like one."""
    body = f'{{"facts":{{"number":"{certificate.number}"}}}}'
    return {"leaf": leaf, "body": body, "proof": ["AA=="], "checkpoint": NOTE, "keys": [KEY]}
