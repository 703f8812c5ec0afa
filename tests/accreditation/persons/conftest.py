"""What the tests about persons share: a reviewer's day, and who is signed in."""

from datetime import date, timedelta

from django.contrib.contenttypes.models import ContentType

from accreditation.models import Application, Organisation, User
from accreditation.services.substitutions import substitute
from tests.accreditation.at_work import NOW, browser_of, clock, cost_of
from workflows.models import Substitution, Task

TODAY = NOW.date()
__all__ = ["NOW", "TODAY", "away", "browser_of", "clock", "cost_of", "naming_of", "work_of"]


def away(
    principal: User,
    standing_in: User,
    office: Organisation,
    *,
    first: date = TODAY,
    last: date = TODAY + timedelta(days=4),
) -> Substitution:
    """Let somebody stand in for somebody, from today for five days unless said otherwise."""
    return substitute(
        office,
        principal=principal,
        substitute=standing_in,
        starts_on=first,
        ends_on=last,
        by=principal,
        at=NOW,
        note="出差",
    )


def work_of(application: Application) -> Task:
    """Return the open work of an application."""
    return application.tasks.select_related("assignee").get(kind=Task.Kind.WORK, closed_at=None)


def naming_of(application: Application) -> Task | None:
    """Return the open request to name somebody for the application's work."""
    kind = ContentType.objects.get_for_model(Application)
    return Task.objects.filter(
        kind=Task.Kind.NAMING, content_type=kind, object_id=application.pk, closed_at=None
    ).first()
