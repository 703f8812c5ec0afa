"""Checkpoints by mail: to auditors who asked, once a working day at most, with the note as it was signed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail.backends.smtp import EmailBackend
from django.test import Client
from django.urls import reverse

from accreditation.models import User
from accreditation.services import offices
from accreditation.services.checkpoint_letters import ask, stop
from tests import factories
from tests.factories import AT, SYSTEM, member
from tests.mail_server import Postbox, mail_server
from workflows.journals import note_down
from workflows.ledger import keys, log
from workflows.ledger.checkpoints import make
from workflows.ledger.notes import open_checkpoint
from workflows.models import Checkpoint, CheckpointReader, Event, MailChoice
from workflows.notifications import checkpoint_mail
from workflows.notifications.checkpoint_mail import mail_checkpoints
from workflows.refusals import NotPermitted, NotReady

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Killed(BaseException):
    """The worker is gone."""


@pytest.fixture(autouse=True)
def postbox(settings: Any) -> Iterator[Postbox]:
    cache.clear()
    with mail_server() as postbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", postbox.port
        settings.DEFAULT_FROM_EMAIL = "五好 <wuhao@example.com>"
        settings.BASE_URL = "https://wuhao.example.org"
        yield postbox


@pytest.fixture
def auditor() -> User:
    return auditor_called("liang")


def auditor_called(username: str) -> User:
    found = member(factories.district(), "audit", username=username, name="梁静")
    found.email = f"{username}@example.com"
    found.save()
    return found


def grow(at: datetime = AT) -> Checkpoint:
    note_down("test", "letters", "told", by=SYSTEM, at=at)
    log.number_events(at)
    made = make(at)
    assert made is not None
    return made


def events() -> list[tuple[str, dict[str, Any]]]:
    return [
        (one.action, one.facts) for one in Event.objects.filter(stream="log/readers").order_by("sequence")
    ]


def test_an_auditor_asks_is_mailed_at_once_and_then_once_a_working_day_if_the_log_grew(
    postbox: Postbox, auditor: User
) -> None:
    first = grow()
    assert (ask(by=auditor, at=AT), ask(by=auditor, at=AT)) == (True, False)
    assert (mail_checkpoints(AT), mail_checkpoints(AT + MINUTE)) == (1, 0)
    grow(AT + HOUR)
    assert mail_checkpoints(AT + HOUR) == 0
    second = grow(AT + HOUR * 2)
    next_morning = AT.replace(hour=8) + DAY
    assert (mail_checkpoints(next_morning - MINUTE), mail_checkpoints(next_morning)) == (0, 1)
    assert mail_checkpoints(next_morning + DAY) == 0  # it has not grown

    letters = postbox.to("liang@example.com")
    assert len(letters) == 2
    for letter, one in zip(letters, (first, second), strict=True):
        plain = letter.get_body(("plain",))
        html = letter.get_body(("html",))
        [file] = letter.iter_attachments()
        assert file.get_filename() == f"checkpoint-{one.size:012d}.txt"
        assert file.get_content_type() == "text/plain"
        assert open_checkpoint(file.get_payload(decode=True).decode(), keys.verifiers()).size == one.size
        assert plain is not None
        assert html is not None
        assert one.note in plain.get_content().replace("\r\n", "\n")
        assert "<pre>" in html.get_content()
        assert letter["Subject"].startswith(f"五好检查点：{one.size}条，根{one.root[:4]} ")
    assert "https://wuhao.example.org/ledger/" in plain.get_content()
    assert letters[0]["Message-ID"] != letters[1]["Message-ID"]


def test_the_letter_is_in_the_language_that_the_reader_chose(postbox: Postbox, auditor: User) -> None:
    MailChoice.objects.create(user=auditor, language="en")
    grow()
    ask(by=auditor, at=AT)
    mail_checkpoints(AT)
    html = postbox.letters[0].get_body(("html",))
    assert html is not None
    assert '<html lang="en">' in html.get_content()


def test_asking_and_stopping_are_events_of_the_office_that_is_audited(auditor: User) -> None:
    ask(by=auditor, at=AT)
    assert (stop(by=auditor, at=AT + HOUR), stop(by=auditor, at=AT + HOUR)) == (True, False)
    reader = {"reader": f"user/{auditor.public_id}"}
    assert events() == [("ask_checkpoints", reader), ("end_checkpoints", reader)]
    first = Event.objects.get(action="ask_checkpoints")
    assert (first.office, first.role, first.actor) == (factories.district(), "audit", auditor)
    assert not CheckpointReader.objects.exists()


def test_nobody_else_may_ask_and_who_has_no_address_is_told_so(auditor: User) -> None:
    with pytest.raises(NotPermitted):
        ask(by=member(factories.district(), "review", "decide", "manage"), at=AT)
    auditor.email = ""
    auditor.save()
    with pytest.raises(NotReady):
        ask(by=auditor, at=AT)
    assert (events(), CheckpointReader.objects.count()) == ([], 0)


@pytest.mark.parametrize("how", ["revoked", "inactive"])
def test_who_is_no_auditor_any_more_is_mailed_no_more(postbox: Postbox, auditor: User, how: str) -> None:
    grow()
    ask(by=auditor, at=AT)
    if how == "revoked":
        offices.set_grants(factories.district(), auditor, {"review"}, by=SYSTEM, at=AT)
    else:
        User.objects.filter(pk=auditor.pk).update(is_active=False)
    assert (mail_checkpoints(AT), postbox.letters, CheckpointReader.objects.count()) == (0, [], 0)
    assert Event.objects.filter(stream="log/readers").last().body.count('"actor":"system"') == 1
    offices.set_grants(factories.district(), auditor, {"audit"}, by=SYSTEM, at=AT)
    assert mail_checkpoints(AT + DAY) == 0


def test_an_address_that_is_refused_stops_nobody_and_is_tried_again(postbox: Postbox, auditor: User) -> None:
    other = auditor_called("qin")
    grow()
    for one in (auditor, other):
        ask(by=one, at=AT)
    postbox.refused.add("liang@example.com")
    assert mail_checkpoints(AT) == 1
    assert mail_checkpoints(AT + MINUTE) == 0
    postbox.refused.clear()
    assert mail_checkpoints(AT + 10 * MINUTE) == 1
    assert [letter["To"] for letter in postbox.letters] == ["qin@example.com", "liang@example.com"]
    row = CheckpointReader.objects.get(user=auditor)
    assert (row.failures, row.retry_at, row.mailed_at) == (0, None, AT + 10 * MINUTE)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_while_sending_sends_the_same_again_after_the_pause(
    postbox: Postbox, auditor: User, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    send = EmailBackend.send_messages

    def killed(backend: EmailBackend, messages: Any) -> int:
        if when == "after":
            send(backend, messages)
        raise Killed

    grow()
    ask(by=auditor, at=AT)
    monkeypatch.setattr(EmailBackend, "send_messages", killed)
    with pytest.raises(Killed):
        mail_checkpoints(AT)
    monkeypatch.undo()
    assert [mail_checkpoints(AT + MINUTE), mail_checkpoints(AT + 10 * MINUTE)] == [0, 1]
    assert len({letter["Message-ID"] for letter in postbox.letters}) == 1


def test_of_two_runners_one_sends(auditor: User) -> None:
    newest = grow()
    ask(by=auditor, at=AT)
    [seen] = checkpoint_mail._due(newest, AT)
    assert mail_checkpoints(AT) == 1
    assert checkpoint_mail._begin(seen, AT) is False


def test_without_a_mail_server_or_a_checkpoint_nothing_is_mailed(
    settings: Any, postbox: Postbox, auditor: User
) -> None:
    ask(by=auditor, at=AT)
    assert mail_checkpoints(AT) == 0
    grow()
    settings.EMAIL_HOST = ""
    assert (mail_checkpoints(AT), postbox.connections) == (0, 0)


# ── On the page ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_offers_it_to_auditors_alone(client: Client, auditor: User, settings: Any) -> None:
    page, letters = reverse("ledger"), reverse("ledger-letters")
    grow()
    assert letters not in client.get(page).text
    client.force_login(member(factories.district(), "review"))
    assert letters not in client.get(page).text
    assert client.post(letters, {"do": "ask"}).status_code == 403
    client.force_login(auditor)
    assert "订阅检查点" in client.get(page).text
    assert "已订阅检查点" in client.post(letters, {"do": "ask"}, follow=True).text
    assert "已经订阅过检查点" in client.post(letters, {"do": "ask"}, follow=True).text
    settings.EMAIL_HOST = ""
    assert "还没有接通邮件" in client.get(page).text
    assert "不再寄检查点" in client.post(letters, {"do": "stop"}, follow=True).text
    assert "本来就没有寄检查点" in client.post(letters, {"do": "stop"}, follow=True).text
    User.objects.filter(pk=auditor.pk).update(email="")
    assert "先填写邮箱" in client.get(page).text
    assert client.post(letters, {"do": "ask"}).status_code == 422
    assert client.get(letters).status_code == 302
    client.logout()
    assert client.post(letters, {"do": "ask"}).status_code == 302
    assert len(events()) == 2
