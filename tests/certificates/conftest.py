"""Certificates to test with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from certificates.issuing import CertificateText, register, render_due
from certificates.models import Certificate
from tests.certificates.log import StandIn

AT = datetime(2026, 10, 16, 2, 0, tzinfo=UTC)
MI_YULIN = CertificateText(
    studio_name="米钰林劳模创新工作室",
    enterprise_name="中国石化集团四川维尼纶厂",
    title="重庆市劳模创新工作室",
    issuer="重庆市总工会",
    decision_number="渝工发〔2026〕18号",
    issued_on=date(2026, 10, 16),
    valid_until=date(2029, 10, 15),
)


def text(**changes: Any) -> CertificateText:
    """The text of 米钰林's certificate with some of it changed."""
    return replace(MI_YULIN, **changes)


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The log that is asked in this test."""
    asked = StandIn()
    for name in ("obtain", "record_file", "fault_of", "fault_by_itself"):
        monkeypatch.setattr(f"certificates.proofs.{name}", getattr(asked, name))
    return asked


@pytest.fixture
def registered(db: None) -> Callable[..., Certificate]:
    """Register a certificate: `registered(studio_name=…)`."""
    return lambda **changes: register(text=text(**changes), issued_for=uuid4(), at=AT)


@pytest.fixture
def made(registered: Callable[..., Certificate]) -> Callable[..., Certificate]:
    """Register a certificate and make its file: `made(studio_name=…)`."""

    def make(**changes: Any) -> Certificate:
        certificate = registered(**changes)
        render_due(AT)
        certificate.refresh_from_db()
        return certificate

    return make
