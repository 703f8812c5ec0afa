"""An application: the form as it is being filled in, and its frozen revisions."""

import uuid
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.figures import QUALIFIERS, Figure
from accreditation.models.cycle import Cycle, Rubric
from accreditation.models.organisation import Organisation, User
from accreditation.states import ENDED, LEVEL_OF, OFFICE_OF, Level, State
from workflows.models import Subject, Task


def figure_number() -> models.DecimalField:
    """The number of a figure; its qualifier stands in the column `<name>_qualifier`."""
    return models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)


def figure_qualifier() -> models.CharField:
    """余, 近, 超过, 多, 上, or nothing."""
    return models.CharField(max_length=2, blank=True, choices=QUALIFIERS)


class Figures(models.Model):
    """A row with figures: number and qualifier are kept apart in two columns."""

    class Meta:
        abstract = True

    def figure(self, name: str) -> Figure | None:
        """Return the figure `name`, or None where no number is given."""
        number = getattr(self, name)
        return None if number is None else Figure(number, getattr(self, f"{name}_qualifier"))


class Studio(models.Model):
    """A studio across all its cycles: one leader in one enterprise."""

    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="studios")
    leader_name = models.CharField(_("领军人物"), max_length=60)
    name = models.CharField(_("工作室名称"), max_length=120)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "leader_name"], name="one_studio_a_leader"),
        ]

    def __str__(self) -> str:
        return self.name


class Application(Figures, Subject):
    """An enterprise's application in one cycle. Only `workflows.engine.perform` changes its state.

    `union`, `district` and `city` are the bodies that review it at each level, fixed when it is begun.
    `owed_to` is the level that returned it to one below, and to which it goes straight back.
    `process_version` and `rubric` are those that it was submitted under; it keeps them to its end.
    `edits` counts the saves of the form, so that two people who edit at once do not overwrite each other.
    """

    stream_kind = "application"

    class Nature(models.TextChoices):
        STATE = "state", _("国有企业")
        PRIVATE = "private", _("非公企业")
        INSTITUTION = "institution", _("事业单位")
        RURAL = "rural", _("农村")
        COMMUNITY = "community", _("社区")

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="applications")
    studio = models.ForeignKey(Studio, models.PROTECT, related_name="applications")
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="applications")
    union = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    city = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.CharField(_("编号"), max_length=24, blank=True, db_index=True)
    submitted_at = models.DateTimeField(null=True)
    recommended_at = models.DateTimeField(null=True)
    revision_number = models.PositiveSmallIntegerField(default=0)
    owed_to = models.CharField(max_length=16, choices=Level.choices, blank=True)
    process_version = models.CharField(max_length=20, blank=True)
    rubric = models.ForeignKey(Rubric, models.PROTECT, null=True, related_name="applications")
    total = models.DecimalField(_("总分"), max_digits=5, decimal_places=2, null=True)
    edits = models.PositiveIntegerField(default=0)
    edited_at = models.DateTimeField(null=True)
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    notice = models.ForeignKey("Notice", models.PROTECT, null=True, related_name="applications")
    notice_ends_on = models.DateField(null=True)
    notice_days_left = models.PositiveSmallIntegerField(null=True)

    # The form, step by step. Step "enterprise":
    nature = models.CharField(_("单位性质"), max_length=16, choices=Nature.choices, blank=True)
    industry = models.CharField(_("所属行业"), max_length=60, blank=True)
    staff = figure_number()
    staff_qualifier = figure_qualifier()
    # Step "studio":
    founded = models.CharField(_("成立时间"), max_length=10, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    area = figure_number()
    area_qualifier = figure_qualifier()
    equipment = models.TextField(_("主要设备"), blank=True)
    investment = figure_number()
    investment_qualifier = figure_qualifier()
    budget = figure_number()
    budget_qualifier = figure_qualifier()
    budget_sources = models.CharField(_("经费来源"), max_length=200, blank=True)
    # Step "leader" (the name is the studio's):
    post = models.CharField(_("岗位"), max_length=120, blank=True)
    leader_title = models.CharField(_("职称"), max_length=60, blank=True)
    skill_grade = models.CharField(_("技能等级"), max_length=60, blank=True)
    in_service = models.BooleanField(_("是否在职"), null=True)
    results = models.TextField(_("本人成果"), blank=True)
    narrative = models.TextField(_("事迹"), blank=True)
    # Step "team":
    not_one_crew = models.BooleanField(_("非原有研发部门或单一班组"), null=True)
    # Step "functions":
    statement = models.TextField(_("工作职能"), blank=True)
    # Step "mechanism":
    activity_ledger = models.TextField(_("活动台账"), blank=True)
    plan = models.TextField(_("年度计划与总结"), blank=True)
    # Step "contact":
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("电子邮箱"), blank=True)

    tasks = GenericRelation(Task)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="application_state_known"),
            models.UniqueConstraint(
                fields=["cycle", "studio"], condition=~Q(state="withdrawn"), name="one_application_a_cycle"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"])
                | Q(submitted_at__isnull=False, revision_number__gte=1) & ~Q(number=""),
                name="application_submitted_with_revision",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-created_at"], name="application_by_enterprise"),
            models.Index(fields=["union", "-submitted_at"], name="application_by_union"),
            models.Index(fields=["district", "-submitted_at"], name="application_by_district"),
            models.Index(fields=["city", "-submitted_at"], name="application_by_city"),
            models.Index(fields=["cycle", "state"], name="application_by_state"),
            models.Index(
                fields=["notice_ends_on"], name="application_notice_due", condition=Q(state="public_notice")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.public_id} {self.state}"

    @property
    def is_ended(self) -> bool:
        """Return whether nothing more can happen to it."""
        return self.state in ENDED

    @property
    def level(self) -> str:
        """Return the level that has it, or had it last ("" while it is the applicant's)."""
        return LEVEL_OF.get(State(self.state), "")

    @property
    def current_cards(self) -> models.QuerySet[Any]:
        """Return the panel's cards on the revision that is being judged."""
        return self.scorecards.filter(revision__number=self.revision_number)

    def office_at(self, level: str) -> Organisation | None:
        """Return the body that reviews it at a level; the applicant for "applicant"."""
        return getattr(self, OFFICE_OF[level]) if level else None


class Revision(models.Model):
    """What was submitted: the application document as canonical JSON, frozen with its hash."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    document = models.TextField()
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="revision_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.number}"
