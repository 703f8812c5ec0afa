"""The searches of the desk that somebody keeps."""

from django.db.models import QuerySet

from accreditation.models import SavedSearch, User


def searches_of(user: User) -> QuerySet[SavedSearch]:
    """Return the user's own saved searches, in their order. Nobody else's are ever found here."""
    return SavedSearch.objects.filter(user=user)
