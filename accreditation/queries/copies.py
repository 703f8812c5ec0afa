"""What somebody was copied on 抄送我的."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accreditation.models import Application, User
from accreditation.scope import copied, copies_of
from workflows.models import Copy


@dataclass(frozen=True)
class Row:
    """A copy, and the application."""

    copy: Copy
    application: Application


def copied_to(user: User) -> QuerySet[Copy]:
    """Return the copies that the user may still open, the latest first."""
    still = copied(user).filter(pk=OuterRef("object_id"))
    return copies_of(user).filter(Exists(still)).select_related("made_by").order_by("-at", "-pk")


def rows(copies: Sequence[Copy]) -> list[Row]:
    """Return the rows of these copies, in their order. One query."""
    applications = {
        application.pk: application
        for application in Application.objects.filter(
            pk__in=[copy.object_id for copy in copies]
        ).select_related("studio", "enterprise", "district")
    }
    return [Row(copy, applications[copy.object_id]) for copy in copies if copy.object_id in applications]
