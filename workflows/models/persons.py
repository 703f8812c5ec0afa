"""Who acts in somebody's place, keeps out of something, is named for it, or is told of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from workflows.models.about import AboutSubject


class Substitution(models.Model):
    """代理: in an office and a period, `substitute` acts for `principal`. Ended early when `ended_at` is set."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    office = models.ForeignKey(settings.WORKFLOWS_OFFICE_MODEL, models.PROTECT, related_name="substitutions")
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="substituted_by")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="substitutes_for")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="substitution_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~Q(principal=F("substitute")), name="substitution_between_two"),
        ]
        indexes = [
            models.Index(
                fields=["substitute", "ends_at"], name="substitution_of", condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substitute_id} for {self.principal_id}"


class Recusal(AboutSubject):
    """回避: somebody keeps out of a subject for good."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recusals")
    office = models.ForeignKey(settings.WORKFLOWS_OFFICE_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "user"], name="recused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} keeps out of {self.content_type_id}/{self.object_id}"


class Appointment(AboutSubject):
    """指定办理人: named by the office above to act for an office in one subject, because nobody else was left.

    It ends when somebody else is named instead.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    office = models.ForeignKey(settings.WORKFLOWS_OFFICE_MODEL, models.PROTECT, related_name="appointments")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "office", "user"],
                condition=Q(ended_at=None),
                name="appointed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for office {self.office_id} in {self.content_type_id}/{self.object_id}"


class Copy(AboutSubject):
    """抄送: somebody is to know of a subject, and may read it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="copies")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id", "user"], name="copied_once"),
        ]
        indexes = [models.Index(fields=["user", "-at"], name="copy_to")]

    def __str__(self) -> str:
        return f"{self.content_type_id}/{self.object_id} to {self.user_id}"
