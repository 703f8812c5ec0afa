"""Signing in and out, failing to, and changing one's password: the journal of an account, `sign_in/<its identifier>`.

What was tried with a name that no account has stands in `sign_in/unknown`. Network addresses and attempted names are
personal text: they stand apart from the event, as names do.
"""

from datetime import datetime, timedelta
from typing import Any

from accreditation.models import User
from workflows.actors import PUBLIC, Actor, actor_code
from workflows.journals import note_down
from workflows.models import Event

KIND, UNKNOWN = "sign_in", "unknown"
FAILED, LOCKED, FLOODED = "sign_in_failed", "lock_out", "sign_in_flood"
MOST = 30
WINDOW = timedelta(hours=1)
"""So many failures an hour are told one by one in a journal; then one event says that more follow.

The throttle ends the tries of one name at one address, and of one address. Somebody with many addresses has many tries:
a ledger that told all of them would be theirs to fill.
"""


def signed_in(*, by: User, at: datetime, address: str) -> Event:
    """Note that somebody signed in from a network address. The caller opens the session afterwards."""
    return _note(by, "sign_in", by=by, at=at, address=address)


def signed_out(*, by: User, at: datetime) -> Event:
    """Note that somebody signed out. A session that only ends leaves no event."""
    return _note(by, "sign_out", by=by, at=at)


def password_changed(*, by: User, at: datetime, was_first: bool) -> Event:
    """Note that somebody chose a password, in place of the one that the office gave (`was_first`) or of their own."""
    return _note(by, "change_password", by=by, at=at, was_first=was_first)


def account_made(user: User, *, by: Actor, at: datetime) -> Event:
    """Note that an account was made, and by whom."""
    names = {"account": user.name}
    return note_down(
        KIND, str(user.public_id), "make_account", by=by, at=at, names=names, account=actor_code(user)
    )


def mail_chosen(*, by: User, at: datetime, way: str, language: str, is_new_address: bool) -> Event:
    """Note that messages go another way from now on; where to is nobody's business but the owner's."""
    return _note(by, "choose_mail", by=by, at=at, way=way, language=language, new_address=is_new_address)


def address_noted(action: str, *, by: User, at: datetime) -> Event:
    """Note that a link to a new address was asked for again, that it was confirmed, or withdrawn."""
    return _note(by, action, by=by, at=at)


def sign_in_failed(
    *, name: str, at: datetime, address: str, closed: str = "", seconds: int = 0
) -> Event | None:
    """Note that a password was wrong for a name, from a network address; None once too many were in the hour.

    `closed` says what this failure closed for so many `seconds` ("name": this name at this address, "address": all
    names there). It is then told as that alone; what is refused while it is closed is told no more.
    """
    account = None if closed == "address" else User.objects.filter(username=name).first()
    code = str(account.public_id) if account else UNKNOWN
    action = _told_as(code, at, LOCKED if closed else FAILED)
    if action is None:
        return None
    facts: dict[str, Any] = {"closed": closed, "seconds": seconds} if action == LOCKED else {}
    facts |= {"account": actor_code(account)} if account else {}
    names = {} if action == FLOODED else {"account": name, "address": address}
    return note_down(KIND, code, action, by=PUBLIC, at=at, names=names, **facts)


def _note(account: User, action: str, *, by: Actor, at: datetime, address: str = "", **facts: Any) -> Event:
    names = {"address": address} if address else None
    return note_down(KIND, str(account.public_id), action, by=by, at=at, names=names, **facts)


def _told_as(code: str, at: datetime, action: str) -> str | None:
    """Return as what a failure is told: as itself, as the beginning of a flood, or not at all."""
    failures = Event.objects.filter(
        stream=f"{KIND}/{code}", action__in=(FAILED, LOCKED, FLOODED), at__gt=at - WINDOW
    )
    told = list(failures.values_list("action", flat=True)[: MOST + 1])
    if FLOODED in told:
        return None
    return action if len(told) < MOST else FLOODED
