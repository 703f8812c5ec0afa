"""Limits on how often somebody may try. They are counted in the cache, which all workers of a machine share."""

import hashlib
import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds, for each key; the window begins with the first time."""

    name: str
    most: int
    seconds: int

    def is_reached(self, key: str) -> bool:
        """Whether no more is allowed until the window ends."""
        return bool(cache.get(self._address(key), 0) >= self.most)

    def count(self, key: str) -> bool:
        """Count one more time; return whether the limit is reached by that."""
        address = self._address(key)
        if cache.add(address, 1, self.seconds):
            return self.most == 1
        try:
            return cache.incr(address) == self.most
        except ValueError:  # the window ended between the two
            cache.add(address, 1, self.seconds)
            return self.most == 1

    def forget(self, key: str) -> None:
        """Begin anew."""
        cache.delete(self._address(key))

    def _address(self, key: str) -> str:
        """Any text makes a lawful address, and none can be read out of the cache."""
        return f"{self.name}:{hashlib.sha256(key.encode()).hexdigest()}"


WRONG_PASSWORDS = Limit("wrong-passwords", most=5, seconds=5 * 60)
"""For one name from one address."""
WRONG_SIGN_INS = Limit("wrong-sign-ins", most=50, seconds=5 * 60)
"""For one address, whatever the names: one password tried on many."""
OBJECTIONS = Limit("objections", most=10, seconds=3600)
"""For one address; many people share an office's address."""
LEDGER = Limit("ledger", most=600, seconds=10 * 60)
"""For one address: what programs ask of the log, or send to it."""


def client_address(request: HttpRequest) -> str:
    """Return the visitor's network address: behind `TRUSTED_PROXIES` proxies, what the outermost of them was told."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(told) >= trusted and told[-trusted]:
        return told[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def may_not_sign_in(request: HttpRequest) -> bool:
    """Whether this name, or everybody, must wait at this address."""
    return WRONG_PASSWORDS.is_reached(_who(request)) or WRONG_SIGN_INS.is_reached(client_address(request))


def count_wrong_password(request: HttpRequest) -> tuple[str, int]:
    """Count one wrong password; return what is closed by that ("name" or "address", else ""), for how many seconds."""
    closes_name = WRONG_PASSWORDS.count(_who(request))
    if WRONG_SIGN_INS.count(client_address(request)):
        return "address", WRONG_SIGN_INS.seconds
    return ("name", WRONG_PASSWORDS.seconds) if closes_name else ("", 0)


def forget_wrong_passwords(request: HttpRequest) -> None:
    """Begin anew after a right password."""
    WRONG_PASSWORDS.forget(_who(request))


def _who(request: HttpRequest) -> str:
    """The name as the sign-in form reads it, so that blanks around it or wide letters are no other name."""
    name = unicodedata.normalize("NFKC", request.POST.get("username", "")).strip().casefold()
    return f"{name}\n{client_address(request)}"
