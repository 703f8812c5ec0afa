"""What the tests of notifications share: a clock that stands still, and what somebody has been told."""

from datetime import datetime

from accreditation.models import User
from accreditation.queries.notifications import Message, messages_of, readable
from accreditation.scope import offices_of
from tests.accreditation.at_work import NOW, clock, signed_in
from workflows.notifications.fan_out import fan_out

__all__ = ["NOW", "clock", "messages", "signed_in", "told"]


def messages(user: User, at: datetime = NOW) -> list[Message]:
    """Return the user's messages, the newest first, after everybody has been told of everything."""
    fan_out(at)
    return messages_of(user, readable(user, at), offices_of(user))


def told(user: User, at: datetime = NOW) -> list[tuple[str, str]]:
    """Return the user's messages as (action, reason), the oldest first."""
    return [(one.notification.event.action, one.notification.reason) for one in reversed(messages(user, at))]
