"""What is judged, announced and named."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.application import Application, Revision, Studio
from accreditation.models.cycle import Cycle, StudioLevel
from accreditation.models.organisation import Organisation, User
from certificates.models import Certificate
from certificates.standing import counting


class Scorecard(models.Model):
    """An expert's seat on the panel for one revision, and the card. Submitted, it never changes (a trigger).

    `marks` is {indicator code: {"points": "4.5", "comment": "…"}} as judged so far; `document` is the whole
    card as canonical JSON, with the computed marks and their working, written when it is submitted.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="scorecards")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="scorecards")
    expert = models.ForeignKey(User, models.PROTECT, related_name="scorecards")
    marks = models.JSONField(default=dict, blank=True)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    total = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    document = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "expert"], name="one_card_an_expert"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, total=None, sha256="")
                | Q(submitted_at__isnull=False, total__isnull=False) & ~Q(sha256=""),
                name="card_submitted_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} by {self.expert_id}"


class Notice(models.Model):
    """A public notice of the studios of one cycle that are to be named.

    `listed` keeps what was announced; `Application.notice` is the notice that an application stands on now.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="notices")
    title = models.CharField(_("标题"), max_length=160)
    contact = models.CharField(_("受理异议的联系方式"), max_length=160)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    listed = models.ManyToManyField(Application, related_name="notices")

    class Meta:
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """Somebody's objection during a notice, with a name and grounds, and the ruling on it."""

    class Outcome(models.TextChoices):
        DISMISSED = "dismissed", _("异议不成立")
        UPHELD = "upheld", _("异议成立")
        LAPSED = "lapsed", _("申报已撤回，不再处理")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="objections")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections")
    name = models.CharField(_("姓名或单位"), max_length=120)
    contact = models.CharField(_("联系方式"), max_length=120)
    grounds = models.TextField(_("理由"))
    filed_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    ruling = models.TextField(blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-filed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", ruled_at=None, ruled_by=None)
                | (~Q(outcome="") & Q(ruled_at__isnull=False, ruled_by__isnull=False)),
                name="objection_ruled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} by {self.name}"


class NamingDecision(models.Model):
    """《关于命名…的决定》: a numbered document that names the studios of one cycle."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="decisions")
    number = models.CharField(_("文号"), max_length=60, unique=True)
    title = models.CharField(_("标题"), max_length=160)
    signed_on = models.DateField(_("签发日期"))
    valid_until = models.DateField(_("有效期至"))
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-signed_at"]

    def __str__(self) -> str:
        return self.number


class Designation(models.Model):
    """A studio named at a level by a decision. Its certificate is made afterwards, by due work."""

    studio = models.ForeignKey(Studio, models.PROTECT, related_name="designations")
    application = models.OneToOneField(Application, models.PROTECT, related_name="designation")
    decision = models.ForeignKey(NamingDecision, models.PROTECT, related_name="designations")
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="designations")
    level = models.CharField(max_length=16, choices=StudioLevel.choices)
    named_on = models.DateField()
    valid_until = models.DateField()
    certificate = models.OneToOneField(Certificate, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-named_on", "pk"]
        indexes = [models.Index(fields=["id"], name="designation_uncertified", condition=Q(certificate=None))]

    def __str__(self) -> str:
        return f"{self.studio} {self.level}"

    @property
    def shown(self) -> Certificate | None:
        """The certificate that counts; one that is to take its place is none before its file is made."""
        return counting(self.certificate) if self.certificate else None
