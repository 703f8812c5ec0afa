"""Duty: mail people what they have been told and have not read, at once or once a day, as they chose.

An attempt is written down before it is made, with the time of the next one; what was mailed is marked afterwards.
So a worker killed between the two mails again after the pause, an address that fails is asked again ever more
seldom, and nobody waits for it: no transaction is open while the mail server is spoken to.
"""

import logging
from datetime import date, datetime, time, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.module_loading import import_string

from workflows.models import MailChoice, Notification
from workflows.notifications.audience import Letter
from workflows.working_days import ONE_DAY, SHANGHAI, is_working_day

logger = logging.getLogger(__name__)
MOST = 50
"""So many letters a round at most: the other duties wait for them."""
DIGEST_AT = time(8)
STALE = timedelta(days=14)
"""What is older is not mailed any more, as when mail is set up late: it stands in the messages."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 120, 360, 720))
OF_ONE_ADDRESS = (SMTPRecipientsRefused, SMTPDataError, ValueError)
"""Failures that say nothing about the next letter; after any other the server is left alone until the next round."""


def is_set_up() -> bool:
    """Whether a mail server is configured. Without one nothing is mailed, and nothing is marked as mailed."""
    return bool(settings.EMAIL_HOST)


def send_mail(at: datetime) -> int:
    """Duty: send everybody the letter that is due to them; return how many letters."""
    if not is_set_up():
        return 0
    sent, connection = 0, get_connection()
    try:
        for user in _due(at)[:MOST]:
            sent += _mail(user, at, connection)
    except (OSError, SMTPException):
        logger.exception("the mail server does not take mail; it is asked again in the next round")
    finally:
        connection.close()
    return sent


def last_digest(at: datetime) -> datetime:
    """Return the latest moment of a digest up to `at`: eight o'clock in Shanghai on a working day."""
    now = at.astimezone(SHANGHAI)
    day: date = now.date() if now.time() >= DIGEST_AT else now.date() - ONE_DAY
    while not is_working_day(day):
        day -= ONE_DAY
    return datetime.combine(day, DIGEST_AT, SHANGHAI)


def choice_of(user: Any) -> MailChoice:
    """Return how the user wants to be mailed; where they have not chosen, what holds for everybody."""
    return MailChoice.objects.filter(pk=user.pk).first() or MailChoice(user=user)


def envelope(
    user: Any, letter: Letter, identity: str, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    """Put a letter into its envelope. Sent twice it has the same identity, so that mail programs show it once."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ")
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=letter.text,
        to=[user.email],
        headers={"Message-ID": f"<{identity}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    message.attach_alternative(letter.html, "text/html")
    return message


def _due(at: datetime) -> list[Any]:
    """Return the users for whom a letter may be due, those who wait for a single message first."""
    eight = last_digest(at)
    waiting = Notification.objects.filter(user=OuterRef("pk"), mailed_at=None)
    ready = Q(mail_choice__retry_at=None) | Q(mail_choice__retry_at__lte=at)
    people: QuerySet[Any] = (
        get_user_model()
        ._default_manager.filter(ready, is_active=True)
        .exclude(email="")
        .select_related("mail_choice")
        .order_by("pk")
    )
    open_digest = Q(mail_choice__digested_on=None) | Q(mail_choice__digested_on__lt=eight.date())
    by_digest = Q(mail_choice=None) | (Q(mail_choice__way=MailChoice.Way.DIGEST) & open_digest)
    at_once = people.filter(Exists(waiting), mail_choice__way=MailChoice.Way.AT_ONCE)
    digest = people.filter(by_digest, Exists(waiting.filter(at__lt=eight)))
    return [*at_once[:MOST], *digest[:MOST]]


def _mail(user: Any, at: datetime, connection: BaseEmailBackend) -> bool:
    """Send one user their letter; False where there is nothing to send, another runner does it, or it failed."""
    choice, _created = MailChoice.objects.get_or_create(user=user)
    if not _begin(choice, at):
        return False
    rows = Notification.objects.filter(user=user, mailed_at=None)
    if choice.way == MailChoice.Way.DIGEST:
        rows = rows.filter(at__lt=last_digest(at))
    waiting = list(rows.select_related("event__office", "event__payload").order_by("pk"))
    fresh = [one for one in waiting if one.read_at is None and one.at > at - STALE]
    language = choice.language or settings.LANGUAGE_CODE
    letter: Letter | None = import_string(settings.NOTIFICATION_LETTER)(user, fresh, language, at)
    if letter is not None:
        try:
            connection.open()  # stays open for the letters that follow
            connection.send_messages([envelope(user, letter, str(fresh[-1].public_id), connection)])
        except OF_ONE_ADDRESS:
            logger.exception("mail to user %s failed; it is tried again later", user.pk)
            return False
    _finish(choice, waiting, at)
    return letter is not None


def _begin(choice: MailChoice, at: datetime) -> bool:
    """Write the attempt down; False if another runner has just done so."""
    pause = PAUSES[min(choice.failures, len(PAUSES) - 1)]
    ready = MailChoice.objects.filter(Q(retry_at=None) | Q(retry_at__lte=at), pk=choice.pk)
    begun = ready.filter(failures=choice.failures).update(failures=F("failures") + 1, retry_at=at + pause)
    return bool(begun)


@transaction.atomic
def _finish(choice: MailChoice, mailed: list[Notification], at: datetime) -> None:
    Notification.objects.filter(pk__in=[one.pk for one in mailed]).update(mailed_at=at)
    done: dict[str, Any] = {"failures": 0, "retry_at": None}
    if choice.way == MailChoice.Way.DIGEST:
        done["digested_on"] = last_digest(at).date()
    MailChoice.objects.filter(pk=choice.pk).update(**done)
