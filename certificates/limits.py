"""Limits on how often somebody may try. They are counted in the cache, which all workers of a machine share."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Limit:
    """So many times in so many seconds, for each key; the window begins with the first time.

    The window is an entry of its own that ends by itself. Its count stands under the name of the window: some caches
    give an entry their own lifetime whenever it is counted up, which then neither lengthens nor shortens a window.
    """

    name: str
    most: int
    seconds: int

    def is_reached(self, key: str) -> bool:
        """Whether no more is allowed until the window ends."""
        window = cache.get(self._address(key))
        return window is not None and bool(cache.get(window, 0) >= self.most)

    def count(self, key: str) -> bool:
        """Count one more time; return whether the limit is reached by that."""
        window = self._window(key)
        cache.add(window, 0, self.seconds)
        try:
            number = cache.incr(window)
        except ValueError:  # it was thrown out between the two, as by a cache that is full
            number = 1
            cache.set(window, number, self.seconds)
        cache.touch(window, self.seconds)
        return bool(number == self.most)

    def forget(self, key: str) -> None:
        """Begin anew."""
        cache.delete(self._address(key))

    def _window(self, key: str) -> str:
        """The name of the window that is open now; where none is, of a new one."""
        address = self._address(key)
        new = f"{self.name}:{secrets.token_hex(16)}"
        cache.add(address, new, self.seconds)
        return str(cache.get(address, new))

    def _address(self, key: str) -> str:
        """Any text makes a lawful address, and none can be read out of the cache."""
        return f"{self.name}:{hashlib.sha256(key.encode()).hexdigest()}"


CODES = Limit("certificate-codes", most=300, seconds=10 * 60)
"""For one address: pages of certificates that are opened."""
QUESTIONS = Limit("certificate-questions", most=60, seconds=10 * 60)
"""For one address: numbers and files that are sent by the form; a file is read as a whole."""
PROGRAMS = Limit("certificate-programs", most=300, seconds=10 * 60)
"""For one address: what programs ask."""


def client_address(request: HttpRequest) -> str:
    """The visitor's network address: behind `TRUSTED_PROXIES` proxies, what the outermost of them was told."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    trusted = settings.TRUSTED_PROXIES
    if trusted and len(told) >= trusted and told[-trusted]:
        return told[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str:
    """Whom limits count: the visitor's address; of IPv6 its first half, for any subscriber has all of the second."""
    address = client_address(request)
    try:
        own = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(own, IPv4Address):
        return str(own)
    return str(own.ipv4_mapped or ip_network((own, 64), strict=False))


def limited(
    limit: Limit, refuse: View, *methods: str, key: Callable[[HttpRequest], str] = client_network
) -> Callable[[View], View]:
    """Answer by `refuse` to who sends more of these methods than the limit; they are told apart by `key`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **where: Any) -> HttpResponseBase:
            if request.method not in methods:
                return view(request, *args, **where)
            if limit.is_reached(key(request)):
                response = refuse(request)
                response["Retry-After"] = str(limit.seconds)
                return response
            limit.count(key(request))
            return view(request, *args, **where)

        return answer

    return decorate
