"""Who puts the seal on a certificate's file: the provider that the settings name."""

from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string


class SealProvider(Protocol):
    """What a seal on a PDF is had from. A licensed e-seal service (GB/T 38540) plugs in here.

    The class is named by `settings.SEAL_PROVIDER` (WUHAO_SEAL_PROVIDER), is made once a process without arguments,
    and is called by several threads. docs/certificates.md says what else it has to keep.
    """

    label: str | Promise
    """What kind of seal it is, for people to read."""

    is_legal: bool
    """Whether it is an e-seal by GB/T 38540, from a provider licensed for it."""

    def check(self, at: datetime) -> None:
        """Raise CannotSign if nothing can be sealed at this time. Asked before each file is drawn: keep it quick."""

    def seal(self, content: bytes, *, dated: datetime) -> bytes:
        """Return the sealed PDF, still PDF/A-3a and PDF/UA-1. Raises CannotSign.

        `dated` is the time that the seal claims as its own, if it can; the same content and time should make the same
        bytes, so that work that was killed and done again leaves one file.
        """


@cache
def _provider(name: str) -> SealProvider:
    made: SealProvider = import_string(name)()
    return made


def provider() -> SealProvider:
    """Return the provider of this installation. Raises ImportError for a setting that names none."""
    return _provider(settings.SEAL_PROVIDER)


def ready(at: datetime) -> SealProvider:
    """Return the provider, which can seal now. Raises CannotSign."""
    found = provider()
    found.check(at)
    return found
