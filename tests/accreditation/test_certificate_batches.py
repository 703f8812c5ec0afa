"""Many certificates at once, in processes of their own: each gets its file, whoever is killed on the way."""

import multiprocessing
import os
import signal
import threading
import time

import pytest
from django.db import connection

from accreditation.services import naming
from accreditation.states import State
from certificates.issuing import render_due
from certificates.models import Certificate
from tests import factories
from tests.factories import AT, NOTICE_OVER
from workflows.ledger import checkpoints, log

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
LATER = AT + 3 * NOTICE_OVER
COUNT = 12


@pytest.fixture
def waiting(settings, monkeypatch) -> None:
    """So many certificates wait for their files, and two processes share them, one at a time."""
    for number in range(COUNT):
        factories.application_in(State.NAMED, leader_name=f"王{number}")
    naming.issue_due_certificates(LATER)
    log.number_events(LATER)
    checkpoints.make(LATER)
    monkeypatch.setattr("certificates.issuing.MANY", COUNT)
    monkeypatch.setattr("certificates.processes.TOGETHER", 1)
    settings.CERTIFICATE_PROCESSES = 2


def made() -> int:
    return Certificate.objects.exclude(sha256="").count()


def kill_one_at_work() -> None:
    """Kill one of the processes once a file is there."""
    while not made():
        time.sleep(0.02)
    connection.close()
    os.kill(multiprocessing.active_children()[0].pid or 0, signal.SIGKILL)


@pytest.mark.usefixtures("waiting")
def test_a_batch_is_shared_and_outlives_a_killed_process(caplog):
    killer = threading.Thread(target=kill_one_at_work)
    killer.start()
    render_due(LATER)
    killer.join()
    assert "a process was killed" in caplog.text
    assert 1 <= made() < COUNT
    render_due(LATER)
    rows = Certificate.objects.values_list("number", "sha256", "file")
    assert [len(set(column)) for column in zip(*rows, strict=True)] == [COUNT, COUNT, COUNT]
    assert render_due(LATER) == 0
