"""The tree of unions and enterprises, its people, and what they may do."""

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from guardian.models import UserObjectPermissionBase

from accreditation.states import Level
from workflows.models import Stream


class User(AbstractUser):
    """A person with an account. What somebody may do follows from grants on organisations alone."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("姓名"), max_length=60)
    has_first_password = models.BooleanField(default=False)  # somebody else has seen it: it must be changed

    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Organisation(Stream):
    """A union or an enterprise. `path` is the codes from the city down, each with a slash: the tree as text.

    `escalates_to` is the member who gets the tasks of the office that are overdue.
    """

    class Kind(models.TextChoices):
        CITY = "city", _("市总工会")
        DISTRICT = "district", _("区县总工会")
        INDUSTRY = "industry", _("产业工会")
        GROUP = "group", _("集团工会")
        UNION = "union", _("基层工会")
        STREET = "street", _("乡镇街道工会")
        ENTERPRISE = "enterprise", _("单位")

    LEVELS = {
        Kind.CITY: Level.CITY,
        Kind.DISTRICT: Level.DISTRICT,
        Kind.INDUSTRY: Level.DISTRICT,
        Kind.GROUP: Level.DISTRICT,
        Kind.UNION: Level.ENTERPRISE,
        Kind.STREET: Level.ENTERPRISE,
    }
    stream_kind = "organisation"

    kind = models.CharField(_("类别"), max_length=16, choices=Kind.choices)
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    code = models.CharField(_("代码"), max_length=32, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=160, unique=True, editable=False)
    escalates_to = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        default_permissions = ()
        permissions = [
            ("apply", pgettext_lazy("权限", "申报")),
            ("review", pgettext_lazy("权限", "审核")),
            ("decide", pgettext_lazy("权限", "决定")),
            ("manage", pgettext_lazy("权限", "管理")),
            ("audit", pgettext_lazy("权限", "审计")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="city", parent=None) | (~Q(kind="city") & Q(parent__isnull=False)),
                name="only_a_city_has_no_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> Level | None:
        """Return the level this body reviews at, or None for an enterprise."""
        return self.LEVELS.get(self.Kind(self.kind))

    @property
    def label(self) -> str:
        """Return the short name where there is one, for narrow places."""
        return self.short_name or self.name


class OrganisationUserObjectPermission(UserObjectPermissionBase):
    """guardian's grants, with a foreign key instead of guardian's generic one: faster, and kept whole."""

    content_object = models.ForeignKey(Organisation, models.PROTECT, related_name="grants")

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["content_object", "permission"], name="grant_by_organisation")]

    def __str__(self) -> str:
        return f"{self.user} {self.permission.codename} {self.content_object}"


class Membership(models.Model):
    """Somebody belongs to an organisation, from a day until a day. Ended memberships stay as history."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    position = models.CharField(_("职务"), max_length=60, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(ended_at=None), name="one_current_membership"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.organisation}"


class ReportedFigure(models.Model):
    """A figure that an organisation reported about itself for a period, with the source it came from."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="reported_figures")
    period = models.CharField(_("期间"), max_length=60)
    label = models.CharField(_("项目"), max_length=60)
    number = models.DecimalField(_("数量"), max_digits=14, decimal_places=2)
    qualifier = models.CharField(_("修饰"), max_length=2, blank=True)
    unit = models.CharField(_("单位"), max_length=12, blank=True)
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    order = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(_("来源"), max_length=120, blank=True)

    class Meta:
        ordering = ["organisation", "order"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.label} {self.number}"
