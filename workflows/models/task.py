"""Who holds what until when."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Task(models.Model):
    """A piece of work that an office holds, open to its reviewers or in one person's hands.

    `kind` tells what is asked: the work of a stage; from one person, advice to the holder or a signature; or,
    from the office above, to name somebody because nobody is left. Those three belong to a work, their `part_of`.
    While `hold` is "advice" or "signing" the work rests until that is in; "refused" lets no favourable decision pass;
    "planned" lets decisions only be proposed, to those who sign after it.
    `handed_by` is who gave it into the present hands, and may take it back.
    """

    class Kind(models.TextChoices):
        WORK = "work", _("办理")
        ADVICE = "advice", _("委派")
        SIGNATURE = "signature", _("加签")
        NAMING = "naming", _("指定办理人")

    class Hold(models.TextChoices):
        NONE = "", _("可以办理")
        ADVICE = "advice", _("等待委派意见")
        SIGNING = "signing", _("等待会签")
        REFUSED = "refused", _("会签未通过")
        PLANNED = "planned", _("决定后由会签人签署")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.WORK)
    part_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="parts")
    hold = models.CharField(max_length=16, choices=Hold.choices, blank=True, default=Hold.NONE)
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
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)
    opinion = models.TextField(blank=True)
    reminded_on = models.DateField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="work", part_of=None) | (~Q(kind="work") & Q(part_of__isnull=False)),
                name="task_part_of_work",
            ),
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
                fields=["office", "opened_at", "id"], name="task_open_arrival", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], name="task_open_assignee", condition=Q(closed_at=None)
            ),
            models.Index(fields=["closed_by", "closed_at"], name="task_done_by"),
            models.Index(
                fields=["due_at"], name="task_to_escalate", condition=Q(closed_at=None, escalated_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.content_type_id}/{self.object_id}"
