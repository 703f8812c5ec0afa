"""How often somebody may try to sign in, object, ask the log, or have drawn."""

import unicodedata

from django.http import HttpRequest

from certificates.limits import Limit, client_network

WRONG_PASSWORDS = Limit("wrong-passwords", most=5, seconds=5 * 60)
"""For one name from one address."""
WRONG_SIGN_INS = Limit("wrong-sign-ins", most=50, seconds=5 * 60)
"""For one address, whatever the names: one password tried on many."""
OBJECTIONS = Limit("objections", most=10, seconds=3600)
"""For one address; many people share an office's address."""
LEDGER = Limit("ledger", most=600, seconds=10 * 60)
"""For one address: what programs ask of the log, or send to it."""
REGISTER_FILES = Limit("register-files", most=60, seconds=10 * 60)
"""For one address: downloads of the register."""
PREVIEWS = Limit("certificate-previews", most=300, seconds=10 * 60)
"""For one person: samples of certificates that are drawn while they type, at half a second each."""
PRINTING = Limit("certificate-printing", most=60, seconds=10 * 60)
"""For one person: plaques and certificates that are drawn for a printing shop."""


def reader(request: HttpRequest) -> str:
    """Who is signed in, for limits that are somebody's own wherever they are."""
    return str(request.user.pk)


def may_not_sign_in(request: HttpRequest) -> bool:
    """Whether this name, or everybody, must wait at this address."""
    return WRONG_PASSWORDS.is_reached(_who(request)) or WRONG_SIGN_INS.is_reached(client_network(request))


def count_wrong_password(request: HttpRequest) -> tuple[str, int]:
    """Count one wrong password; return what is closed by that ("name" or "address", else ""), for how many seconds."""
    closes_name = WRONG_PASSWORDS.count(_who(request))
    if WRONG_SIGN_INS.count(client_network(request)):
        return "address", WRONG_SIGN_INS.seconds
    return ("name", WRONG_PASSWORDS.seconds) if closes_name else ("", 0)


def forget_wrong_passwords(request: HttpRequest) -> None:
    """Begin anew after a right password."""
    WRONG_PASSWORDS.forget(_who(request))


def _who(request: HttpRequest) -> str:
    """The name as the sign-in form reads it, so that blanks around it or wide letters are no other name."""
    name = unicodedata.normalize("NFKC", request.POST.get("username", "")).strip().casefold()
    return f"{name}\n{client_network(request)}"
