"""Files that show what the form says. Private, kept once under their SHA-256."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accreditation.models.application import Application
from accreditation.models.organisation import User


class StoredFile(models.Model):
    """A file by its content: two uploads of the same bytes are one row and one file."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100)
    file = models.FileField(max_length=120)

    def __str__(self) -> str:
        return self.sha256


class Evidence(models.Model):
    """A file attached to one good of an application. A removed one stays while a revision holds it."""

    class Good(models.TextChoices):
        LEADER = "leader", _("领军人物")
        TEAM = "team", _("创新团队")
        FUNCTIONS = "functions", _("工作职能")
        TOPICS = "topics", _("创新课题")
        MECHANISM = "mechanism", _("工作机制")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.PROTECT, related_name="evidence")
    good = models.CharField(max_length=16, choices=Good.choices)
    kind = models.CharField(_("材料种类"), max_length=30)
    name = models.CharField(_("文件名"), max_length=200)
    stored = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["good", "pk"]

    def __str__(self) -> str:
        return self.name
