"""What auditors work with: findings, and case files that leave the house."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.application import Application
from accreditation.models.cycle import Cycle
from accreditation.models.organisation import Organisation, User
from workflows.models import Event, Stream


class Finding(Stream):
    """Something that a rule points at as worth a look. It is found once; an auditor examines it, with a note.

    `rule` is the code of the rule, `key` what it is about, so that it is not found twice; `office` is the body whose
    auditors are shown it; `facts` are the figures of its reason. `examined_at` and `examined_by` repeat its last event.
    """

    stream_kind = "finding"

    rule = models.CharField(max_length=40)
    key = models.CharField(max_length=160)
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, models.PROTECT, null=True, related_name="+")
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="findings")
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    found_at = models.DateTimeField()
    examined_at = models.DateTimeField(null=True)
    examined_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-happened_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "key"], name="found_once")]
        indexes = [
            models.Index(fields=["happened_at"], condition=Q(examined_at=None), name="finding_open"),
            models.Index(fields=["office"], condition=Q(examined_at=None), name="finding_open_of_office"),
            models.Index(fields=["-happened_at", "-id"], name="finding_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.key}"


class LookedThrough(models.Model):
    """How many events of the log, in its order, a rule of findings has looked at. A new rule begins with the first."""

    rule = models.CharField(max_length=40, unique=True)
    leaves = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.rule}: {self.leaves}"


class CaseFile(models.Model):
    """卷宗: everything of one application as a BagIt package, asked for by somebody and built by due work.

    `done` of `total` steps are finished; `failed` is the code of why it could not be built, and of what. `builder`
    is who builds it now, and was last at work at `beat_at`: somebody killed is followed by another. `file` is written
    before the package is kept, and emptied when it is removed, as after some weeks. `log_size` is the size of the
    checkpoint that its proofs lead to.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="case_files")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failed = models.CharField(max_length=300, blank=True)
    builder = models.UUIDField(null=True)
    beat_at = models.DateTimeField(null=True)
    file = models.FileField(max_length=160, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    log_size = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(finished_at=None, failed=""), name="case_files_to_build")
        ]

    def __str__(self) -> str:
        return f"case file of {self.application_id}"


class EventSearch(models.Model):
    """A search over events that an auditor keeps under a name."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="event_searches")
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=600)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_event_search_a_name")]

    def __str__(self) -> str:
        return self.name
