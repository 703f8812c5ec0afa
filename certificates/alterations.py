"""What was done to a file that is not the one that was issued: found by comparing the two, byte by byte.

Safe for what strangers send: nothing of it is interpreted.
"""

from enum import StrEnum

from certificates.models import Certificate


class Alteration(StrEnum):
    """How a file differs from the archived one."""

    ADDED = "added"  # it is all there, and something behind it, which may cover what is before
    CUT = "cut"  # its end is missing
    CHANGED = "changed"  # something in it was changed, or a program saved it anew


def alteration(shown: bytes, certificate: Certificate) -> Alteration | None:
    """How a file differs from the archived one of a certificate; None if that cannot be read, or it does not differ."""
    try:
        with certificate.file.open("rb") as archived:
            issued = archived.read()
    except (OSError, ValueError):  # there is no file, or none yet
        return None
    if shown == issued:
        return None
    if shown.startswith(issued):
        return Alteration.ADDED
    return Alteration.CUT if issued.startswith(shown) else Alteration.CHANGED
