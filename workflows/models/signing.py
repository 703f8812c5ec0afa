"""会签: several people sign before a decision, or before it takes effect."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.task import Task


class SigningRound(models.Model):
    """A round of signatures on one work.

    Placed before, the work waits for it. Placed after, it is planned until the holder decides; the decision is
    kept in `proposal` ({"action", "reason", "facts", "version"}) and takes effect when the round passes.
    `threshold` is how many must agree (a vote), `quorum` how many must have signed before it can pass (0: no matter).
    """

    class Placement(models.TextChoices):
        BEFORE = "before", _("在我之前签")
        AFTER = "after", _("在我之后签")

    class Mode(models.TextChoices):
        ALL = "all", _("会签：全部同意")
        ANY = "any", _("或签：一人同意")
        VOTE = "vote", _("票签：达到票数")

    class State(models.TextChoices):
        PLANNED = "planned", _("待发起")
        OPEN = "open", _("签署中")
        PASSED = "passed", _("已通过")
        REFUSED = "refused", _("未通过")
        CANCELLED = "cancelled", _("已取消")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="rounds")
    placement = models.CharField(max_length=8, choices=Placement.choices)
    mode = models.CharField(max_length=8, choices=Mode.choices)
    in_order = models.BooleanField(default=False)
    threshold = models.PositiveSmallIntegerField(default=0)
    quorum = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State.choices)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    proposal = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(state__in=["planned", "open"]), name="one_running_round_a_task"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "open"], ended_at=None)
                | (~Q(state__in=["planned", "open"]) & Q(ended_at__isnull=False)),
                name="round_ended_when_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.state} of task {self.task_id}"


class Signature(models.Model):
    """One person's place in a round. `signed_by` is the signer, or who stood in for them: no one counts twice."""

    class Verdict(models.TextChoices):
        NONE = "", _("未签")
        AGREE = "agree", _("同意")
        DISAGREE = "disagree", _("不同意")

    round = models.ForeignKey(SigningRound, models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    task = models.OneToOneField(Task, models.PROTECT, null=True, related_name="signature")
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True, default=Verdict.NONE)
    opinion = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "signer"], condition=Q(removed_at=None), name="one_place_a_signer"
            ),
            models.UniqueConstraint(
                fields=["round", "signed_by"], condition=Q(removed_at=None), name="nobody_signs_twice"
            ),
            models.CheckConstraint(
                condition=Q(verdict="", signed_at=None, signed_by=None)
                | (~Q(verdict="") & Q(signed_at__isnull=False, signed_by__isnull=False)),
                name="signature_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer_id} {self.verdict or 'unsigned'} in round {self.round_id}"
