"""Which public pages there are, and when each last changed: for search engines."""

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Max, QuerySet
from django.db.models.functions import Coalesce

from accreditation.models import Designation, NamingDecision, Notice, Organisation
from accreditation.queries.register import newest

PUBLIC_KINDS = (
    Organisation.Kind.CITY,
    Organisation.Kind.DISTRICT,
    Organisation.Kind.INDUSTRY,
    Organisation.Kind.GROUP,
)
"""The bodies that have a public page. Enterprises and their unions have none."""


def public_bodies() -> QuerySet[Organisation]:
    """Return the bodies that have a public page, in the order of the tree."""
    return Organisation.objects.filter(kind__in=PUBLIC_KINDS).order_by("path")


def studios() -> QuerySet[Any]:
    """Return the studios of the register as (`code`, `changed`): named, given a certificate, or deprived of it."""
    return newest().order_by("pk").values("studio__public_id").annotate(changed=_changed())


def bodies() -> QuerySet[Any]:
    """Return the bodies with a public page as (`code`, `changed`): when a studio of theirs last changed."""
    return public_bodies().values("code").annotate(changed=Max(_changed("designations__")))


def notices() -> QuerySet[Any]:
    """Return the notices and when they were published."""
    return Notice.objects.order_by("pk").values("public_id", "published_at")


def decisions() -> QuerySet[Any]:
    """Return the naming decisions and when they were signed."""
    return NamingDecision.objects.order_by("pk").values("public_id", "signed_at")


def register_changed() -> datetime | None:
    """Return when the register last changed; None while it is empty."""
    return Designation.objects.aggregate(changed=Max(_changed()))["changed"]


def notices_changed() -> datetime | None:
    """Return when the newest notice was published; None while there is none."""
    return Notice.objects.aggregate(changed=Max("published_at"))["changed"]


def _changed(path: str = "") -> Coalesce:
    """The last of what happens to a naming, in its order: signed, its certificate made, its certificate ended."""
    return Coalesce(
        f"{path}certificate__ending__recorded_at",
        f"{path}certificate__rendered_at",
        f"{path}decision__signed_at",
        output_field=DateTimeField(),
    )
