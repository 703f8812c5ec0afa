"""What the address of a list asks for."""

from django.http import HttpRequest

LONGEST = 60


def sought(request: HttpRequest, name: str = "q") -> str:
    """Return the words looked for, without the NUL that PostgreSQL does not take."""
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST]
