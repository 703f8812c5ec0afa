"""Limits on how often somebody may try. They are counted in the cache, which all workers of a machine share."""

import hashlib
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


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
