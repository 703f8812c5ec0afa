"""What the levels do beside deciding: order candidates, visit a site, hold a meeting."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accreditation.models.application import Application
from accreditation.models.cycle import Cycle
from accreditation.models.evidence import StoredFile
from accreditation.models.organisation import User


class Rank(models.Model):
    """推荐排序: the place of an application in the order of the district, industry or group that recommends it."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="rank")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.application_id} at {self.position}"


class SiteVisit(models.Model):
    """考察: what was found where the studio works, by whom, on which day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="site_visits")
    visited_on = models.DateField(_("考察日期"))
    people = models.CharField(_("考察人员"), max_length=200)
    findings = models.TextField(_("考察情况"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["visited_on", "pk"]

    def __str__(self) -> str:
        return f"{self.application_id} on {self.visited_on}"


class SiteVisitPhoto(models.Model):
    """A photo taken on a site visit."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="photos")
    name = models.CharField(_("文件名"), max_length=200)
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """The city's meeting that decides on the candidates of a cycle. Its decisions name it in their events."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="meetings")
    title = models.CharField(_("会议名称"), max_length=120)
    held_on = models.DateField(_("会议日期"))
    people = models.CharField(_("参会人员"), max_length=400)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return self.title


class SavedSearch(models.Model):
    """A search of the desk that somebody keeps under a name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="saved_searches")
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=300)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="one_saved_search_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
