"""A cycle of applications and the rules it is judged by."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.organisation import Organisation, User
from workflows.models import Stream


class StudioLevel(models.TextChoices):
    """The levels at which a studio can be named, from the lowest."""

    ENTERPRISE = "enterprise", _("单位级")
    DISTRICT = "district", _("区县级")
    CITY = "city", _("市级")
    DEMONSTRATION = "demonstration", _("市级示范")
    NATIONAL = "national", _("全国示范性")


class Rubric(models.Model):
    """A version of the rubric, as loaded. Never changed: a new version is a new row."""

    version = models.CharField(max_length=20, unique=True)
    document = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.version


class Cycle(Stream):
    """A year's round: when it is open, for which level, by which rubric, with how many places.

    `rubric` and `process_version` hold for what is submitted from now on.
    """

    stream_kind = "cycle"

    city = models.ForeignKey(Organisation, models.PROTECT, related_name="cycles")
    code = models.SlugField(_("代码"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    level = models.CharField(_("申报级别"), max_length=16, choices=StudioLevel.choices)
    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="cycles")
    opens_at = models.DateTimeField(_("开始受理"))
    closes_at = models.DateTimeField(_("截止受理"))
    quorum = models.PositiveSmallIntegerField(_("法定评分卡数"), default=3)
    review_days = models.PositiveSmallIntegerField(_("每级办理时限（工作日）"), default=10)
    notice_days = models.PositiveSmallIntegerField(_("公示期（工作日）"), default=5)
    experts = models.ManyToManyField(User, blank=True, related_name="panels")
    process_version = models.CharField(max_length=20, blank=True)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="cycle_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(quorum__gte=1), name="cycle_quorum_at_least_one"),
            models.CheckConstraint(
                condition=Q(level__in=["district", "city", "demonstration"]), name="cycle_level_has_pass_line"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Quota(models.Model):
    """How many applications a district, industry or group union may recommend in a cycle, and has.

    `ranking_version` counts the changes of its ranking, so that two people who order at once do not overwrite
    each other.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="quotas")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="quotas")
    places = models.PositiveSmallIntegerField(_("名额"))
    used = models.PositiveSmallIntegerField(default=0, editable=False)
    ranking_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "organisation"], name="one_quota_a_cycle"),
            models.CheckConstraint(condition=Q(used__lte=F("places")), name="quota_holds"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.used}/{self.places}"
