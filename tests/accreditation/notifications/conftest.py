"""What the tests of notifications share: a clock that stands still, and what somebody has been told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from accreditation.models import User
from accreditation.queries.notifications import Message, messages_of, readable
from accreditation.scope import offices_of
from accreditation.services import mail_address
from tests.accreditation.at_work import NOW, clock, signed_in
from tests.mail_server import Postbox, mail_server
from workflows.models import MailChoice
from workflows.notifications.fan_out import fan_out

__all__ = ["NOW", "clock", "messages", "signed_in", "told"]


def messages(user: User, at: datetime = NOW) -> list[Message]:
    """Return the user's messages, the newest first, after everybody has been told of everything."""
    fan_out(at)
    return messages_of(user, readable(user, at), offices_of(user))


def told(user: User, at: datetime = NOW) -> list[tuple[str, str]]:
    """Return the user's messages as (action, reason), the oldest first."""
    return [(one.notification.event.action, one.notification.reason) for one in reversed(messages(user, at))]


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    """A mail server that takes what is sent in the test."""
    with mail_server() as postbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", postbox.port
        settings.BASE_URL = "https://wuhao.example.org"
        yield postbox


def text_of(letter: Any) -> str:
    """Return what a letter says, as text."""
    return letter.get_body(("plain",)).get_content().replace("\r\n", "\n")


def link_of(user: User) -> str:
    """Return what the link carries that confirms the address that waits."""
    return mail_address.link_of(MailChoice.objects.get(user=user)).split("/")[-2]
