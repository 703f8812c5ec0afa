"""`manage.py check_certificate` with the log and the services that a real certificate goes through."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accreditation.models import Application
from accreditation.services import naming
from accreditation.states import State
from certificates.issuing import render_due
from certificates.models import Certificate
from certificates.status_lists import published
from tests import factories
from workflows.ledger.notes import Signer

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]
AT = factories.AT + timedelta(days=45)


@pytest.fixture
def file(tmp_path, monkeypatch) -> Path:
    """The file of a certificate that was named, recorded, proved and made; the command runs an hour later."""
    monkeypatch.setattr(
        "certificates.management.commands.check_certificate.timezone.now", lambda: AT + timedelta(hours=1)
    )
    application: Application = factories.application_in(State.NAMED, leader_name="王金山")
    naming.issue_due_certificates(AT)
    assert render_due(AT) == 1
    certificate = Certificate.objects.get(issued_for=application.public_id)
    (tmp_path / "certificate.pdf").write_bytes(certificate.file.read())
    for purpose in ("revocation", "refresh"):
        (tmp_path / purpose).write_text(published(certificate.status_list, purpose, AT))
    return tmp_path / "certificate.pdf"


def check(path: Path, *options: str) -> tuple[int, str]:
    """Return the code that the command ends with, and what it says."""
    output = StringIO()
    try:
        call_command("check_certificate", str(path), *options, stdout=output)
    except SystemExit as end:
        return int(end.code), output.getvalue()
    return 0, output.getvalue()


def test_a_certificate_is_valid_online_and_offline_and_its_proof_is_that_of_the_log(file, settings):
    lists = [f"--status-list={file.parent / purpose}" for purpose in ("revocation", "refresh")]
    answers = [check(file), check(file, "--offline", *lists)]

    assert [code for code, _said in answers] == [0, 0]
    assert all("存证成立，内容与电子凭证一致" in said for _code, said in answers)
    settings.LEDGER_KEY = Signer("ledger.test/another", b"\7" * 32).secret()
    settings.LEDGER_KEYS_FILE = str(file.parent / "none")
    code, said = check(file, "--offline", *lists)
    assert code == 1
    assert "检查点没有已知公钥的签名" in said
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", str(file.parent / "none")
    assert check(file, "--offline", *lists)[0] == 2
