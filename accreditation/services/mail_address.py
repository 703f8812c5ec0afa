"""A new mail address takes effect when the link that was mailed to it is opened, by its owner, signed in.

The link carries the signed code of this one request: it is good for `DAYS`, once, and only until another is asked for.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import get_connection
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accreditation.models import User
from accreditation.services.letters import absolute
from accreditation.services.sign_ins import address_noted
from workflows.models import MailChoice, Notification
from workflows.notifications.audience import Letter
from workflows.notifications.mail import choice_of, envelope, is_set_up
from workflows.refusals import WrongState

logger = logging.getLogger(__name__)
DAYS = 3
SALT = "accreditation.mail-address"


def expires_at(choice: MailChoice) -> datetime | None:
    """Return until when the link is good; None where no address waits to be confirmed."""
    return choice.asked_at + timedelta(days=DAYS) if choice.asked and choice.asked_at else None


def send_link(user: User) -> bool:
    """Mail the link to the address that waits for it; whether it went out. Nothing is written.

    Call it after the transaction that asked: no database waits for a mail server.
    """
    choice = choice_of(user)
    if not choice.asked:
        return False
    words: dict[str, Any] = {"link": absolute(link_of(choice)), "until": expires_at(choice)}
    return _send(user, choice.asked, f"address-{choice.asked_code}", words)


def link_of(choice: MailChoice) -> str:
    """Return the page on which the address that waits is confirmed."""
    return reverse("mail-confirm", args=[_signer().sign(str(choice.asked_code))])


@transaction.atomic
def ask_again(*, by: User, at: datetime) -> None:
    """Make a new link in place of the one before. Raises WrongState where no address waits."""
    choice = _waiting(by)
    choice.asked_code, choice.asked_at = uuid4(), at
    choice.save(update_fields=["asked_code", "asked_at"])
    address_noted("ask_address", by=by, at=at)


@transaction.atomic
def withdraw(*, by: User, at: datetime) -> None:
    """Keep the address as it is; the link is void. Raises WrongState where no address waits."""
    _clear(_waiting(by))
    address_noted("withdraw_address", by=by, at=at)


def confirmable(token: str, *, by: User, at: datetime) -> str:
    """Return the address that the link confirms. Raises WrongState for a link that is not good (any more)."""
    choice, code = choice_of(by), _code(token)
    if code is None or choice.asked_code != code or not choice.asked:
        raise WrongState(_("这个链接不是发给您的，或者已经用过、撤回、由后来的一封代替。"))
    until = expires_at(choice)
    if until is None or at > until:
        raise WrongState(_("这个链接已经过期，在“我的账号”中再发一次。"))
    return str(choice.asked)


@transaction.atomic
def confirm(token: str, *, by: User, at: datetime) -> str:
    """Let the address take effect; return the one before, which is to be told (`tell`). Raises WrongState."""
    user = User.objects.select_for_update(no_key=True).get(pk=by.pk)
    address = confirmable(token, by=user, at=at)
    before, user.email = user.email, address
    user.save(update_fields=["email"])
    _clear(_waiting(user))
    if not before:
        Notification.objects.filter(user=user, mailed_at=None).update(mailed_at=at)
    address_noted("confirm_address", by=user, at=at)
    return before


def tell(user: User, before: str, at: datetime) -> bool:
    """Tell the address that was the user's before that it is so no longer; whether the letter went out."""
    return bool(before) and _send(user, before, f"moved-{uuid4()}", {"moved_at": at})


def _send(user: User, address: str, identity: str, words: dict[str, Any]) -> bool:
    if not is_set_up():
        return False
    language = choice_of(user).language or settings.LANGUAGE_CODE
    with translation.override(language):
        context = {"user": user, "language": language, "account": absolute(reverse("account")), **words}
        letter = Letter(
            _("确认这个邮箱") if "link" in words else _("您账号的邮箱已经更换"),
            render_to_string("mail/address.txt", context),
            render_to_string("mail/address.html", context),
        )
    connection = get_connection()
    message = envelope(user, letter, identity, connection)
    message.to = [address]
    try:
        connection.send_messages([message])
    except (OSError, SMTPException, ValueError):
        logger.exception("the letter about a new address of user %s was not sent", user.pk)
        return False
    return True


def _waiting(user: User) -> MailChoice:
    choice = MailChoice.objects.select_for_update().filter(pk=user.pk).exclude(asked="").first()
    if choice is None:
        raise WrongState(_("没有等待确认的邮箱。"))
    return choice


def _clear(choice: MailChoice) -> None:
    choice.asked, choice.asked_code, choice.asked_at = "", None, None
    choice.save(update_fields=["asked", "asked_code", "asked_at"])


def _code(token: str) -> UUID | None:
    try:
        return UUID(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer() -> Signer:
    return Signer(salt=SALT)
