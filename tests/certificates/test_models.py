"""What the database itself refuses."""

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from certificates.models import Certificate
from tests.certificates.conftest import AT, text

WHOLE = {
    "file": "certificates/ab/ab.pdf",
    "sha256": "ab" * 32,
    "size": 1,
    "rendered_at": AT,
    "log_proof": {"leaf": 41},
}
REFUSED = (IntegrityError, InternalError)


def refused(action) -> bool:
    """Whether the database refuses `action`; what it changed is undone either way."""
    try:
        with transaction.atomic():
            action()
    except REFUSED:
        return True
    return False


@pytest.mark.parametrize(
    "halves",
    [
        {"file": "certificates/ab/ab.pdf"},
        {"sha256": "ab" * 32},
        {"file": "certificates/ab/ab.pdf", "sha256": "ab" * 32},
        {"file": "certificates/ab/ab.pdf", "sha256": "ab" * 32, "size": 0, "rendered_at": AT},
        {"sha256": "ab" * 32, "size": 1, "rendered_at": AT},
        {"rendered_at": AT},
        {"size": 1},
        {"log_proof": {"leaf": 41}},
        WHOLE | {"log_proof": None},
    ],
)
def test_a_file_comes_with_its_hash_size_time_and_proof_or_not_at_all(registered, halves):
    certificate = registered()

    assert refused(lambda: Certificate.objects.filter(pk=certificate.pk).update(**halves))


@pytest.mark.parametrize(
    "change",
    [
        {"studio_name": "别的工作室"},
        {"number": "渝劳模创〔2026〕第9999号"},
        {"check_code": "0" * 16},
        {"valid_until": "2099-01-01"},
        {"registered_at": "2020-01-01T00:00:00Z"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_was_registered_never_changes(registered, change):
    certificate = registered()

    assert refused(lambda: Certificate.objects.filter(pk=certificate.pk).update(**change))


def test_a_file_that_was_made_never_changes(made):
    certificate = made()

    assert refused(lambda: Certificate.objects.filter(pk=certificate.pk).update(sha256="0" * 64))
    assert refused(lambda: Certificate.objects.filter(pk=certificate.pk).update(file="", sha256=""))
    assert refused(lambda: Certificate.objects.filter(pk=certificate.pk).update(log_proof={"leaf": 42}))
    assert refused(lambda: Certificate.objects.filter(pk=certificate.pk).update(log_proof=None))


def test_a_certificate_cannot_be_deleted(registered):
    certificate = registered()

    assert refused(certificate.delete)


def test_a_row_cannot_be_replaced_by_another(made):
    certificate = made()
    columns = ", ".join(f'"{field.column}"' for field in Certificate._meta.concrete_fields)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    statement = (
        f"{verb} INTO certificates_certificate ({columns}) SELECT {columns} FROM certificates_certificate"
    )

    assert refused(lambda: connection.cursor().execute(statement))
    certificate.refresh_from_db()
    assert certificate.is_ready


OTHER = {
    "id": "id + 1000", "public_id": "'00000000000000000000000000000007'", "number": "'7'", "check_code": "'7'",
    "serial": "serial + 1000", "status_index": "(status_index + 1) % 131072", "sha256": "'7'",
}  # fmt: skip
"""Another value for each column in which no two certificates may agree."""


@pytest.mark.parametrize("kept", OTHER)
def test_nor_by_one_that_agrees_with_it_in_a_single_column_that_is_its_own(made, kept):
    """INSERT OR REPLACE deletes the row that stands in its way, whichever constraint it is that it violates."""
    certificate = made()
    columns = [field.column for field in Certificate._meta.concrete_fields]
    values = [OTHER[name] if name in OTHER and name != kept else f'"{name}"' for name in columns]
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    names, taken = ", ".join(f'"{name}"' for name in columns), ", ".join(values)
    if connection.vendor == "postgresql":
        taken = taken.replace(
            "'00000000000000000000000000000007'", "'00000000000000000000000000000007'::uuid"
        )
    statement = f"{verb} INTO certificates_certificate ({names}) SELECT {taken} FROM certificates_certificate"

    assert refused(lambda: connection.cursor().execute(statement))
    assert list(Certificate.objects.all()) == [certificate]


def test_it_is_valid_on_the_last_day_and_expired_from_midnight_in_china(registered):
    certificate = registered()
    noon = timezone.datetime(2029, 10, 15, 15, 59, tzinfo=AT.tzinfo)

    assert certificate.valid_until == text().valid_until
    assert [certificate.has_expired(noon), certificate.has_expired(noon.replace(hour=16, minute=0))] == [
        False,
        True,
    ]


def test_the_check_code_is_printed_in_four_groups(registered):
    certificate = registered()

    assert certificate.check_code_groups.replace(" ", "") == certificate.check_code
    assert [len(group) for group in certificate.check_code_groups.split(" ")] == [4, 4, 4, 4]
