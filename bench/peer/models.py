"""What the peer keeps of an application."""

from django.conf import settings
from django.db import models
from viewflow.workflow.models import Process

from accreditation.models import Organisation


class PeerReview(Process):
    """One application under review: its bodies, and the last decision with its reason."""

    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    union = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    city = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=16, blank=True)
    reason = models.TextField(blank=True)


class PeerDecision(models.Model):
    """A decision that stays when the next level has decided."""

    review = models.ForeignKey(PeerReview, models.PROTECT, related_name="decisions")
    office = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=16)
    reason = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.decision} by {self.by_id}"
