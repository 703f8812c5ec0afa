"""What the peer keeps of an application."""

from django.db import models
from viewflow.workflow.models import Process

from accreditation.models import Organisation


class PeerReview(Process):
    """One application under review: its bodies, and the last decision with its reason."""

    union = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    district = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    city = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=16, blank=True)
    reason = models.TextField(blank=True)
