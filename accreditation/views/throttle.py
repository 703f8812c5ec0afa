"""Slows down whoever tries passwords: after 5 failures in 5 minutes for one name from one address, wait."""

import hashlib
import unicodedata

from django.core.cache import cache
from django.http import HttpRequest

FAILURES = 5
SECONDS = 5 * 60


def key(request: HttpRequest) -> str:
    """Return the cache key of this name and address; both are hashed, so that any name makes a lawful key.

    The name counts as the sign-in form reads it, so that blanks around it or wide letters are no other name.
    """
    name = unicodedata.normalize("NFKC", request.POST.get("username", "")).strip().casefold()
    told = f"{name}\n{request.META.get('REMOTE_ADDR', '')}"
    return "sign-in-failures:" + hashlib.sha256(told.encode()).hexdigest()


def is_closed(request: HttpRequest) -> bool:
    """Whether this name must wait at this address."""
    return cache.get(key(request), 0) >= FAILURES


def count_failure(request: HttpRequest) -> None:
    """Count one wrong password; the window starts with the first."""
    if cache.add(key(request), 1, SECONDS):
        return
    try:
        cache.incr(key(request))
    except ValueError:  # the window closed between the two
        cache.add(key(request), 1, SECONDS)


def forget(request: HttpRequest) -> None:
    """Start anew after a right password."""
    cache.delete(key(request))
