"""Numbers without gaps, and files made once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction

from certificates import archive, issuing
from certificates.glyphs import CannotDraw
from certificates.issuing import last_day, register, render_due
from certificates.models import Certificate, NumberSequence
from certificates.signing import seals
from tests.certificates.conftest import AT, text
from tests.certificates.log import proof_of


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2026, 10, 16), 3, date(2029, 10, 15)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
        (date(2025, 3, 1), 3, date(2028, 2, 29)),
    ],
)
def test_validity_ends_the_day_before_the_anniversary(first, years, last):
    assert last_day(first, years=years) == last


def test_numbers_follow_one_another_within_a_year(registered):
    numbers = [registered(issued_on=day).number for day in [date(2026, 10, 16)] * 2 + [date(2027, 5, 1)]]

    assert numbers == ["渝劳模创〔2026〕第0001号", "渝劳模创〔2026〕第0002号", "渝劳模创〔2027〕第0001号"]


def test_a_number_taken_in_a_failed_transaction_goes_to_the_next(registered):
    def fail() -> None:
        with transaction.atomic():
            registered()
            raise Killed

    registered()
    with pytest.raises(Killed):
        fail()

    assert registered().serial == 2


def test_the_number_format_title_issuer_and_validity_are_configuration(settings, db):
    settings.CERTIFICATE = {
        "issuer": "成都市总工会",
        "title": "成都市劳模和工匠人才创新工作室",
        "number_format": "成工创{year}-{serial:03d}",
        "valid_years": 5,
    }
    chosen = issuing.certificate_text(
        studio_name="甲", enterprise_name="乙", decision_number="", issued_on=date(2026, 5, 1)
    )
    certificate = register(text=chosen, issued_for=uuid4(), at=AT)

    assert (certificate.number, certificate.title, certificate.issuer, certificate.valid_until) == (
        "成工创2026-001",
        "成都市劳模和工匠人才创新工作室",
        "成都市总工会",
        date(2031, 4, 30),
    )


def test_a_text_that_cannot_be_drawn_is_refused_and_takes_no_number(db):
    with pytest.raises(CannotDraw) as refusal:
        register(text=text(studio_name="王𠀀劳模创新工作室"), issued_for=uuid4(), at=AT)

    assert refusal.value.what == "𠀀"
    assert not NumberSequence.objects.exists()


def test_a_file_is_made_once_and_stands_under_its_own_hash(made):
    certificate = made()

    assert certificate.file.name == f"certificates/{certificate.sha256[:2]}/{certificate.sha256}.pdf"
    assert (certificate.size, certificate.rendered_at) == (certificate.file.size, AT)
    assert archive.is_intact(certificate)
    assert render_due(AT) == 0


def test_the_log_learns_of_the_file_as_the_row_gets_it(made, log):
    certificate = made()

    assert certificate.log_proof == proof_of(certificate)
    assert log.files == [(certificate.sha256, AT)]


def test_a_row_does_not_get_a_file_that_the_log_did_not_take(registered, monkeypatch):
    certificate = registered()

    def die(*_arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("certificates.proofs.record_file", die)
        with pytest.raises(Killed):
            render_due(AT)
    certificate.refresh_from_db()
    assert (certificate.is_ready, certificate.log_proof) == (False, None)
    assert render_due(AT) == 1


def test_a_certificate_without_a_place_in_the_log_waits_and_the_others_are_made(registered, log):
    waiting, other = registered(), registered()
    log.waits = {waiting.number}

    assert render_due(AT) == 1
    assert list(Certificate.objects.without_file()) == [waiting]
    log.waits = set()
    assert render_due(AT) == 1
    other.refresh_from_db()
    assert log.files[0][0] == other.sha256


def test_without_a_key_all_wait_and_one_line_says_so(registered, log, caplog):
    registered(), registered()
    log.refuses = "there is no key"

    assert render_due(AT) == 0
    assert [record.getMessage() for record in caplog.records] == [
        "certificates that wait: 2 (there is no key)"
    ]


def test_every_certificate_that_is_due_is_made_in_one_run(registered):
    for _count in range(3):
        registered()

    assert render_due(AT) == 3
    assert not Certificate.objects.without_file().exists()


@pytest.mark.parametrize(
    "step",
    ["proofs.obtain", "render", "archive.store", "_keep", "archive.sha256_of", "proofs.record_file"],
)
def test_killed_at_any_point_it_leaves_no_wrong_file_and_the_next_run_makes_the_right_one(
    registered, monkeypatch, step
):
    certificate = registered()
    certificate.log_proof = proof_of(certificate)
    sealed = seals.provider().seal(issuing.render(certificate), dated=certificate.registered_at)
    expected = archive.sha256_of(sealed)

    def die(*_arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(f"certificates.issuing.{step}", die)
        with pytest.raises(Killed):
            render_due(AT)
    certificate.refresh_from_db()
    assert not certificate.is_ready

    assert render_due(AT) == 1
    certificate.refresh_from_db()
    assert certificate.sha256 == expected


def test_storing_the_same_bytes_again_mends_a_damaged_file_and_changes_nothing_else(made):
    certificate = made()
    content = certificate.file.open("rb").read()
    Path(certificate.file.path).write_bytes(b"%PDF half")

    assert not archive.is_intact(certificate)
    assert archive.store(content) == certificate.file.name
    assert archive.is_intact(certificate)


def test_one_that_cannot_be_drawn_stays_due_and_the_others_are_made(registered, monkeypatch, caplog):
    bad, good = registered(), registered()
    draw = issuing.render

    def picky(certificate: Certificate) -> bytes:
        if certificate.pk == bad.pk:
            raise CannotDraw("𠀀")
        return draw(certificate)

    monkeypatch.setattr(issuing, "render", picky)

    assert render_due(AT) == 1
    assert list(Certificate.objects.without_file()) == [bad]
    assert [record.getMessage() for record in caplog.records] == [f"certificate {bad.pk} cannot be drawn"]
    good.refresh_from_db()
    assert good.is_ready


def test_two_workers_at_one_certificate_record_it_once(registered, log, monkeypatch):
    certificate = registered()
    draw = issuing.render

    def overtaken(due: Certificate) -> bytes:
        monkeypatch.setattr(issuing, "render", draw)
        assert issuing._make_file(Certificate.objects.get(pk=due.pk), AT) == 1
        return draw(due)

    monkeypatch.setattr(issuing, "render", overtaken)

    assert render_due(AT) == 0
    certificate.refresh_from_db()
    assert archive.is_intact(certificate)
    assert log.files == [(certificate.sha256, AT)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_numbers_taken_at_once_have_neither_gaps_nor_doubles():
    def take(count: int) -> int:
        try:
            with transaction.atomic():
                certificate = register(text=text(studio_name=f"第{count}号工作室"), issued_for=uuid4(), at=AT)
                if count % 5 == 0:
                    raise Killed
            return certificate.serial
        except Killed:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        serials = sorted(filter(None, pool.map(take, range(1, 41))))

    assert serials == list(range(1, 33))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_share_the_certificates_that_are_due(log):
    for _count in range(8):
        register(text=text(), issued_for=uuid4(), at=AT)

    def work(_worker: int) -> int:
        try:
            return render_due(AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        made = list(pool.map(work, range(3)))

    assert sum(made) == 8
    assert all(archive.is_intact(certificate) for certificate in Certificate.objects.all())
    assert sorted(sha256 for sha256, _at in log.files) == sorted(
        Certificate.objects.values_list("sha256", flat=True)
    )
