"""The searches over events that somebody keeps."""

from django.db.models import QuerySet

from accreditation.models import EventSearch, User


def searches_of(user: User) -> QuerySet[EventSearch]:
    """Return the user's own saved searches, by name. Nobody else's are ever found here."""
    return EventSearch.objects.filter(user=user)
