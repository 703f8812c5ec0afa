"""Who holds what until when."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q


class Task(models.Model):
    """A piece of work that an office holds, open to its reviewers or in one person's hands."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    stage = models.CharField(max_length=32)
    office = models.ForeignKey(settings.WORKFLOWS_OFFICE_MODEL, models.PROTECT, related_name="tasks")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="tasks")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="task_closed_with_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["content_type", "object_id"], name="task_of_subject"),
            # With the key: many tasks fall due at one moment, and the desk is read in the order of the index.
            models.Index(
                fields=["office", "due_at", "id"], name="task_open_office", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], name="task_open_assignee", condition=Q(closed_at=None)
            ),
            models.Index(fields=["closed_by", "closed_at"], name="task_done_by"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.content_type_id}/{self.object_id}"
