"""Who chooses how certificates look, and the designs that operators wrote."""

from django.db.models import OuterRef, QuerySet, Subquery

from accreditation.models import Organisation, OrganisationUserObjectPermission, User
from accreditation.permissions import DECIDE, MANAGE
from certificates.models import Design


def cities_configured_by(user: User) -> QuerySet[Organisation]:
    """Return the city's office where the user manages or decides; empty for everybody else."""
    held = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename__in=[MANAGE, DECIDE]
    )
    return Organisation.objects.filter(
        kind=Organisation.Kind.CITY, pk__in=held.values("content_object")
    ).order_by("path")


def newest_designs() -> QuerySet[Design]:
    """Return the newest version of each design that an operator wrote."""
    same = Design.objects.filter(purpose=OuterRef("purpose"), name=OuterRef("name")).order_by("-version")
    return Design.objects.filter(pk=Subquery(same.values("pk")[:1])).order_by("purpose", "name")
