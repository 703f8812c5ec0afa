"""Say once what goes wrong in every round of due work, and again only when it has gone on for an hour."""

import hashlib
import logging

from django.core.cache import cache

logger = logging.getLogger(__name__)
SILENCE = 3600
"""Seconds until the same complaint is made again."""


def complain(about: str, text: str) -> None:
    """Log an error, unless the same was said of it within the hour."""
    if cache.get(_key(about)) != text:
        logger.error("%s: %s", about, text)
        cache.set(_key(about), text, SILENCE)


def is_well(about: str) -> None:
    """Say that it is over, where there was a complaint."""
    if cache.get(_key(about)) is not None:
        logger.warning("%s: works again", about)
        cache.delete(_key(about))


def _key(about: str) -> str:
    return f"complaint:{hashlib.sha256(about.encode()).hexdigest()}"
