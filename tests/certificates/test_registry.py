"""What is true of a certificate that somebody shows."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from certificates.marks import mark_of
from certificates.proofs import Fault
from certificates.registry import Answer, Verification, check_file, lookup, lookup_number
from tests.certificates.conftest import AT

LATER = AT + timedelta(days=3 * 366)


def shown(certificate, added: bytes = b"") -> ContentFile:
    return ContentFile(certificate.file.open("rb").read() + added)


def test_a_certificate_in_force_is_valid(made):
    certificate = made()

    assert lookup(certificate.check_code, at=AT) == Verification(Answer.VALID, certificate)


def test_a_certificate_past_its_last_day_has_expired(made):
    certificate = made()

    assert lookup(certificate.check_code, at=LATER) == Verification(Answer.EXPIRED, certificate)


def test_before_its_file_is_made_it_is_pending_even_past_its_last_day(registered):
    certificate = registered()

    assert lookup(certificate.check_code, at=LATER) == Verification(Answer.PENDING, certificate)


@pytest.mark.parametrize("code", ["", "7K2M9QXD4TBNW8RJ", "二维码", "' OR 1=1"])
def test_a_code_that_was_never_given_is_unknown(made, code):
    made()

    assert lookup(code, at=AT) == Verification(Answer.UNKNOWN)


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_archive_makes_the_answer_uncertain_never_valid(made, damage):
    certificate = made()
    archived = Path(certificate.file.path)
    archived.unlink()
    if damage == "changed":
        archived.write_bytes(b"%PDF-1.7 something else")

    assert lookup(certificate.check_code, at=AT) == Verification(Answer.UNAVAILABLE, certificate)


@pytest.mark.parametrize("fault", Fault)
def test_a_certificate_whose_proof_does_not_hold_is_never_valid(made, log, fault):
    certificate = made()
    log.fault = fault

    assert [lookup(certificate.check_code, at=at) for at in (AT, LATER)] == [
        Verification(Answer.UNPROVEN, certificate, fault=fault)
    ] * 2
    assert check_file(shown(certificate), at=AT) == Verification(
        Answer.UNPROVEN, certificate, certificate.sha256, fault
    )


def test_a_log_that_cannot_be_asked_makes_the_answer_uncertain(made, log):
    certificate = made()
    log.is_unknown = True

    assert lookup(certificate.check_code, at=AT) == Verification(Answer.UNAVAILABLE, certificate)
    assert check_file(shown(certificate), at=AT).answer == Answer.UNAVAILABLE


def test_a_number_with_its_check_code_is_found(made):
    certificate = made()

    assert lookup_number("渝劳模创[2026]第1号", certificate.check_code, at=AT).answer == Answer.VALID


def test_a_number_without_its_own_check_code_tells_nothing(made):
    first, second = made(), made()

    assert [
        lookup_number(first.number, second.check_code, at=AT),
        lookup_number(first.number, "", at=AT),
        lookup_number("渝劳模创〔2026〕第0777号", first.check_code, at=AT),
        lookup_number("渝劳模创〔2026〕第0777号", "7K2M9QXD4TBNW8RJ", at=AT),
    ] == [Verification(Answer.UNKNOWN)] * 4


def test_the_very_file_that_was_issued_is_valid(made):
    certificate = made()

    assert check_file(shown(certificate), at=AT) == Verification(
        Answer.VALID, certificate, certificate.sha256
    )


def test_the_file_of_an_expired_certificate_has_expired(made):
    certificate = made(issued_on=date(2020, 1, 1), valid_until=date(2022, 12, 31))

    assert check_file(shown(certificate), at=AT).answer == Answer.EXPIRED


def test_one_byte_more_and_the_file_is_altered(made):
    certificate = made()
    found = check_file(shown(certificate, added=b"\n"), at=AT)

    assert (found.answer, found.certificate) == (Answer.ALTERED, certificate)
    assert found.shown_sha256 != certificate.sha256


def test_a_file_for_a_certificate_whose_file_is_not_made_yet_is_altered(registered):
    certificate = registered()
    forged = ContentFile(mark_of(certificate.check_code).encode())

    assert check_file(forged, at=AT).answer == Answer.ALTERED


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", mark_of("7K2M9QXD4TBNW8RJ").encode()])
def test_a_file_that_names_no_certificate_is_unknown(made, content):
    made()
    found = check_file(ContentFile(content), at=AT)

    assert (found.answer, found.certificate) == (Answer.UNKNOWN, None)


def test_a_file_that_bears_only_a_number_is_unknown(made):
    certificate = made()

    assert check_file(ContentFile(certificate.number.encode()), at=AT).answer == Answer.UNKNOWN
