"""Letters to a real mail server: at once, as a digest or never; at least once, and one bad address stops nobody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend

from accreditation.models import User
from config.mail import MailServer, mail_from_url
from tests import factories
from tests.factories import AT
from tests.mail_server import Postbox, mail_server
from workflows.engine import record
from workflows.models import MailChoice, Notification
from workflows.notifications import mail
from workflows.notifications.audience import Letter
from workflows.notifications.mail import last_digest, send_mail
from workflows.working_days import SHANGHAI

pytestmark = pytest.mark.django_db
HERE = "tests.workflows.test_notifications_mail"
AT_ONCE, DIGEST, NEVER = MailChoice.Way.AT_ONCE, MailChoice.Way.DIGEST, MailChoice.Way.NEVER
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Killed(BaseException):
    """The worker is gone."""


def plain_letter(user: User, told: list[Notification], language: str, at: datetime) -> Letter | None:
    """Say how many; nothing for nobody."""
    return Letter(f"{language} {len(told)}", f"{len(told)}条", f"<p>{len(told)}条</p>") if told else None


@pytest.fixture(autouse=True)
def postbox(settings: Any) -> Iterator[Postbox]:
    with mail_server() as postbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", postbox.port
        settings.DEFAULT_FROM_EMAIL = "五好 <wuhao@example.com>"
        settings.NOTIFICATION_LETTER = f"{HERE}.plain_letter"
        yield postbox


def reader(name: str, way: str | None = AT_ONCE, **choice: Any) -> User:
    user = User.objects.create_user(username=name, name="读者", email=f"{name}@example.com")
    if way is not None:
        MailChoice.objects.create(user=user, way=way, **choice)
    return user


def tell(*users: User, at: datetime = AT, count: int = 1) -> list[Notification]:
    city = factories.city()
    rows = []
    for _number in range(count):
        event = record(city, "told", by=factories.SYSTEM, at=at)
        rows += [Notification.objects.create(event=event, user=user, reason="test", at=at) for user in users]
    return rows


def waiting(user: User) -> int:
    return Notification.objects.filter(user=user, mailed_at=None).count()


def test_a_letter_is_sent_at_once_and_only_once(postbox: Postbox) -> None:
    user = reader("anna")
    tell(user)
    assert (send_mail(AT), send_mail(AT + HOUR)) == (1, 0)
    letter = postbox.letters[0]
    assert (letter["Subject"], letter["To"], letter["From"]) == (
        "zh-hans 1",
        "anna@example.com",
        "五好 <wuhao@example.com>",
    )
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert len(postbox.letters) == 1
    assert Notification.objects.get().mailed_at == AT


def test_what_waits_together_is_one_letter_and_one_connection_carries_all(postbox: Postbox) -> None:
    one, two = reader("anna"), reader("bert", language="en")
    tell(one, two, count=3)
    assert send_mail(AT) == 2
    assert [letter["Subject"] for letter in postbox.letters] == ["zh-hans 3", "en 3"]
    assert postbox.connections == 1


def test_without_a_mail_server_nothing_is_mailed_and_nothing_is_marked(
    settings: Any, postbox: Postbox
) -> None:
    user = reader("anna")
    tell(user)
    settings.EMAIL_HOST = ""
    assert send_mail(AT) == 0
    assert (waiting(user), postbox.connections) == (1, 0)


def test_who_wants_none_or_has_no_address_or_no_account_any_more_gets_none(postbox: Postbox) -> None:
    never, nowhere, gone = reader("never", NEVER), reader("nowhere"), reader("gone")
    User.objects.filter(pk=nowhere.pk).update(email="")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    tell(never, nowhere, gone)
    assert send_mail(AT) == 0
    assert postbox.letters == []


def test_what_was_read_meanwhile_is_not_mailed(postbox: Postbox) -> None:
    user = reader("anna")
    tell(user)
    Notification.objects.update(read_at=AT)
    assert send_mail(AT) == 0
    assert (waiting(user), postbox.letters) == (0, [])


def test_what_is_two_weeks_old_is_not_mailed(postbox: Postbox) -> None:
    user = reader("anna")
    tell(user, at=AT - timedelta(days=15))
    tell(user, at=AT - DAY)
    assert send_mail(AT) == 1
    assert postbox.letters[0]["Subject"] == "zh-hans 1"
    assert waiting(user) == 0


@pytest.mark.parametrize(
    ("now", "digest"),
    [
        ("2026-09-01 08:00", "2026-09-01 08:00"),  # a Tuesday
        ("2026-09-01 07:59", "2026-08-31 08:00"),
        ("2026-09-05 12:00", "2026-09-04 08:00"),  # a Saturday
        ("2026-09-07 07:00", "2026-09-04 08:00"),
        ("2026-10-03 12:00", "2026-09-30 08:00"),  # holidays
        ("2026-10-10 09:00", "2026-10-10 08:00"),  # a Saturday that is worked
    ],
)
def test_the_digest_is_at_eight_on_working_days(now: str, digest: str) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    assert last_digest(moment(now)) == moment(digest)


@pytest.mark.parametrize("way", [None, DIGEST])
def test_a_digest_waits_for_the_morning_and_is_the_choice_of_who_has_not_chosen(
    way: str | None, postbox: Postbox
) -> None:
    user = reader("anna", way)
    tell(user, at=AT, count=2)  # ten o'clock
    assert send_mail(AT + MINUTE) == 0
    next_morning = AT.replace(hour=8) + DAY
    assert send_mail(next_morning - MINUTE) == 0
    assert send_mail(next_morning) == 1
    tell(user, at=next_morning - MINUTE)  # told late
    tell(user, at=next_morning + MINUTE)
    assert send_mail(next_morning + HOUR) == 0
    assert send_mail(next_morning + DAY) == 1
    assert [letter["Subject"] for letter in postbox.letters] == ["zh-hans 2", "zh-hans 2"]


def test_a_digest_that_is_sent_late_does_not_keep_back_the_next(postbox: Postbox) -> None:
    user = reader("anna", DIGEST)
    tell(user, at=AT)
    wednesday = AT.replace(hour=8) + DAY
    assert send_mail(wednesday + timedelta(hours=17)) == 1  # Thursday, one o'clock
    tell(user, at=wednesday + HOUR)
    assert send_mail(wednesday + DAY) == 1


def test_an_address_that_is_refused_stops_nobody_and_is_tried_again_ever_more_seldom(
    postbox: Postbox,
) -> None:
    bad, good = reader("anna"), reader("bert")
    tell(bad, good)
    postbox.refused.add("anna@example.com")
    assert send_mail(AT) == 1
    assert [letter["To"] for letter in postbox.letters] == ["bert@example.com"]
    assert (waiting(bad), waiting(good)) == (1, 0)
    assert send_mail(AT + 9 * MINUTE) == 0
    choice = MailChoice.objects.get(user=bad)
    assert (choice.failures, choice.retry_at) == (1, AT + 10 * MINUTE)
    assert send_mail(AT + 10 * MINUTE) == 0
    choice.refresh_from_db()
    assert (choice.failures, choice.retry_at) == (2, AT + 40 * MINUTE)
    postbox.refused.clear()
    assert send_mail(AT + 40 * MINUTE) == 1
    choice.refresh_from_db()
    assert (choice.failures, choice.retry_at, waiting(bad)) == (0, None, 0)


def test_a_server_that_takes_nothing_is_asked_once_a_round(postbox: Postbox) -> None:
    users = [reader("anna"), reader("bert")]
    tell(*users)
    postbox.refused.add("*")
    assert send_mail(AT) == 0
    assert postbox.connections == 1
    postbox.refused.clear()
    assert send_mail(AT + MINUTE) == 1
    assert send_mail(AT + 10 * MINUTE) == 1
    assert [waiting(user) for user in users] == [0, 0]


def test_no_server_at_all_loses_nothing(settings: Any, postbox: Postbox) -> None:
    user = reader("anna")
    tell(user)
    settings.EMAIL_PORT = 9  # nobody listens
    assert send_mail(AT) == 0
    settings.EMAIL_PORT = postbox.port
    assert send_mail(AT + 10 * MINUTE) == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_while_sending_sends_again_after_the_pause(
    when: str, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = reader("anna")
    tell(user)
    send = EmailBackend.send_messages

    def killed(backend: EmailBackend, messages: Any) -> int:
        if when == "after":
            send(backend, messages)
        raise Killed

    monkeypatch.setattr(EmailBackend, "send_messages", killed)
    with pytest.raises(Killed):
        send_mail(AT)
    monkeypatch.undo()
    assert waiting(user) == 1
    assert send_mail(AT + MINUTE) == 0
    assert send_mail(AT + 10 * MINUTE) == 1
    identities = {letter["Message-ID"] for letter in postbox.letters}
    assert (len(postbox.letters), len(identities)) == (2 if when == "after" else 1, 1)


def test_of_two_runners_one_sends(postbox: Postbox) -> None:
    user = reader("anna")
    tell(user)
    seen = mail._due(AT)
    assert send_mail(AT) == 1
    tell(user)
    MailChoice.objects.filter(user=user).update(failures=1, retry_at=AT + 10 * MINUTE)  # the other has begun
    assert mail._mail(seen[0], AT, mail.get_connection()) is False
    assert len(postbox.letters) == 1


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer("", 0, "", "", False, False)),
        ("smtp://mail.example.com", MailServer("mail.example.com", 25, "", "", False, False)),
        ("smtp+tls://a%40b:c%2Fd@m.example", MailServer("m.example", 587, "a@b", "c/d", True, False)),
        ("smtps://u:p@m.example:4650", MailServer("m.example", 4650, "u", "p", False, True)),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, server: MailServer) -> None:
    assert mail_from_url(url) == server


@pytest.mark.parametrize("url", ["http://mail.example.com", "smtp://", "mail.example.com"])
def test_an_address_that_is_no_mail_servers_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="WUHAO_EMAIL_URL"):
        mail_from_url(url)


def test_a_line_break_in_a_subject_does_not_make_a_header(postbox: Postbox, monkeypatch: Any) -> None:
    user = reader("anna")
    tell(user)
    monkeypatch.setattr(
        mail, "import_string", lambda _address: lambda *_: Letter("one\r\nBcc: x@example.com", "t", "h")
    )
    assert send_mail(AT) == 1
    assert postbox.letters[0]["Subject"] == "one Bcc: x@example.com"
    assert postbox.letters[0]["Bcc"] is None
