"""What people do with their messages (no events: that is theirs alone), and how they want to be mailed."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import User
from accreditation.queries.notifications import readable
from accreditation.services.sign_ins import mail_chosen
from workflows.models import MailChoice, Notification
from workflows.notifications.mail import choice_of
from workflows.refusals import NotReady, Problem


def mark_read(notification: Notification, *, at: datetime) -> None:
    """The message has been opened. It keeps the time of the first opening."""
    Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=at)


def mark_unread(notification: Notification) -> None:
    """The message counts as new again."""
    Notification.objects.filter(pk=notification.pk).update(read_at=None)


def mark_all_read(*, by: User, through: Notification, at: datetime) -> int:
    """Mark everything up to the message `through` that the user may see; return how many. What came later stays new."""
    keys = [pk for pk in readable(by, at, unread=True) if pk <= through.pk]
    return Notification.objects.filter(pk__in=keys, read_at=None).update(read_at=at)


@transaction.atomic
def choose_mail(*, by: User, email: str, way: str, language: str, at: datetime) -> None:
    """Say how one wants to be mailed, where and in which language. Raises NotReady for mail without an address.

    Who was not mailed until now is mailed what comes from now on, not all that has gathered. A new address is only
    asked for: it is theirs once it is confirmed (`mail_address`). To have none takes effect at once.
    """
    if way != MailChoice.Way.NEVER and not email:
        raise NotReady([Problem(_("填写邮箱，或者选择不发送。"), field="email")])
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    before = choice_of(user)
    if not user.email or before.way == MailChoice.Way.NEVER:
        Notification.objects.filter(user=user, mailed_at=None).update(mailed_at=at)
    is_new = email not in {user.email, before.asked} if email else bool(user.email or before.asked)
    if is_new or (before.way, before.language) != (way, language):
        mail_chosen(by=user, at=at, way=way, language=language, is_new_address=is_new)
    chosen: dict[str, Any] = {"way": way, "language": language, "failures": 0, "retry_at": None}
    if is_new:
        chosen |= {
            "asked": email,
            "asked_code": uuid4() if email else None,
            "asked_at": at if email else None,
        }
    if is_new and not email:
        user.email = ""
        user.save(update_fields=["email"])
    MailChoice.objects.update_or_create(user=user, defaults=chosen)
