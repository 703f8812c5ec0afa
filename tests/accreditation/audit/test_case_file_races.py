"""Two at once with case files, on a real PostgreSQL."""

import pytest

from accreditation.case_files import documents
from accreditation.case_files.building import build_due
from accreditation.models import CaseFile
from accreditation.queries.timeline import events_of
from accreditation.services.case_files import ask
from accreditation.states import State
from tests import factories as make
from tests.accreditation.at_work import NOW
from tests.accreditation.audit.test_timeline import auditor
from tests.accreditation.test_races import race
from tests.packages import run_alone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def paper(monkeypatch):
    """Nothing is drawn here."""
    monkeypatch.setattr(documents, "document_pdf", lambda page, identifier: b"%PDF-1.7")


def test_asking_twice_at_once_gives_one():
    application, by = make.application_in(State.ENTERPRISE_REVIEW), auditor()
    for number in range(1, 6):
        one, two = race(
            lambda: ask(application, by=by, at=NOW).pk, lambda: ask(application, by=by, at=NOW).pk
        )
        assert one == two
        assert CaseFile.objects.count() == number
        CaseFile.objects.update(finished_at=NOW)
    assert len(events_of(f"reading/{application.public_id}")) == 5


def test_two_builders_build_each_once_and_both_packages_hold(tmp_path):
    application, by = make.application_in(State.ENTERPRISE_REVIEW), auditor()
    ask(application, by=by, at=NOW)
    assert sorted(race(lambda: build_due(NOW), lambda: build_due(NOW))) == [0, 1]
    ask(application, by=by, at=NOW)
    ask(application, by=make.member(make.city(), "audit", username="colleague"), at=NOW)
    assert race(lambda: build_due(NOW), lambda: build_due(NOW)) == [1, 1]
    for row in CaseFile.objects.all():
        with row.file.open("rb") as package:
            (tmp_path / "case.zip").write_bytes(package.read())
        code, said = run_alone("case", "case.zip", folder=tmp_path)
        assert code == 0, said
    sealed = [one for one in events_of(f"reading/{application.public_id}") if one.action == "seal_case_file"]
    assert len(sealed) == 3
