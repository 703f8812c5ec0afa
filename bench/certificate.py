"""A certificate drawn in a process that has drawn one before, and by a process that has just begun."""

import subprocess
import sys
import uuid
from datetime import UTC, date, datetime

from bench.report import heading, line
from bench.rounds import in_turns, milliseconds
from certificates.issuing import certificate_text
from certificates.models import Certificate
from certificates.rendering import render

ONCE = [sys.executable, "-m", "bench.measure", "certificate", "--once"]
AT = datetime(2026, 10, 16, 2, 0, tzinfo=UTC)
NOTE = f"ledger.example/wuhao\n1\n{'A' * 43}=\n\n"


def certificate(number: int) -> Certificate:
    """Return a certificate with this number; no table holds it."""
    text = certificate_text(
        studio_name="米钰林劳模创新工作室",
        enterprise_name="中国石化集团四川维尼纶厂",
        decision_number="渝工发〔2026〕18号",
        issued_on=date(2026, 10, 16),
    )
    return Certificate(
        public_id=uuid.UUID(int=number),
        year=2026,
        serial=number,
        number=f"渝劳模创〔2026〕第{number:04d}号",
        check_code=f"{number:016d}",
        registered_at=AT,
        issued_for=uuid.UUID(int=number),
        status_list=1,
        status_index=number,
        log_proof={"leaf": number, "body": "{}", "proof": [], "checkpoint": NOTE, "keys": []},
        **vars(text),
    )


def draw(number: int = 1) -> bytes:
    """Draw it."""
    return render(certificate(number))


def measure(rounds: int) -> None:
    """Time both, in turns."""
    spent = in_turns({"warm": draw, "cold": lambda: subprocess.run(ONCE, check=True)}, rounds)  # noqa: S603
    heading(f"A certificate ({rounds} rounds)")
    line("drawn by a process that has drawn one before", f"{milliseconds(spent, 'warm'):.0f} ms")
    line("drawn by a new process, its start included", f"{milliseconds(spent, 'cold'):.0f} ms")
