"""The places of a district's quota in a cycle: recommending to the city takes one."""

from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Application, Quota
from workflows.refusals import NotReady, Problem


def take_place(application: Application, at: datetime) -> None:
    """Take a place for the application, which the caller saves. Raises NotReady where the district has none left."""
    if not _quota(application).filter(used__lt=F("places")).update(used=F("used") + 1):
        raise NotReady([Problem(_why_full(application))])
    application.recommended_at = at


def free_place(application: Application) -> bool:
    """Free the place that the application has, and return whether it had one. The caller saves the application."""
    if application.recommended_at is None:
        return False
    _quota(application).update(used=F("used") - 1)
    application.recommended_at = None
    return True


def _quota(application: Application) -> QuerySet[Quota]:
    return Quota.objects.filter(cycle=application.cycle_id, organisation=application.district_id)


def _why_full(application: Application) -> str:
    quota = _quota(application).first()
    if quota is None:
        return _("本批次没有给%(office)s分配名额。") % {"office": application.district.name}
    said = {"places": quota.places, "used": quota.used}
    return _("名额%(places)d，已推荐%(used)d，再推荐1件将超出1件。") % said
