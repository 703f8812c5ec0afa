"""Slows down whoever tries passwords: after 5 failures in 5 minutes for one name from one address, wait."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

FAILURES = 5
SECONDS = 5 * 60


def key(request: HttpRequest) -> str:
    """Return the cache key of this name and address; both are hashed, so that any name makes a lawful key."""
    told = f"{request.POST.get('username', '').casefold()}\n{request.META.get('REMOTE_ADDR', '')}"
    return "sign-in-failures:" + hashlib.sha256(told.encode()).hexdigest()


def is_closed(request: HttpRequest) -> bool:
    """Whether this name must wait at this address."""
    return cache.get(key(request), 0) >= FAILURES


def count_failure(request: HttpRequest) -> None:
    """Count one wrong password; the window starts with the first."""
    if not cache.add(key(request), 1, SECONDS):
        cache.incr(key(request))


def forget(request: HttpRequest) -> None:
    """Start anew after a right password."""
    cache.delete(key(request))
