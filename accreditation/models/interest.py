"""What reviewers declare about their interests, once a cycle."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accreditation.models.cycle import Cycle
from accreditation.models.organisation import Organisation, User


class Declaration(models.Model):
    """Somebody has declared their interests for a cycle. Amended, it keeps its day in the ledger of the cycle."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="declarations")
    user = models.ForeignKey(User, models.PROTECT, related_name="declarations")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "cycle"], name="one_declaration_a_cycle"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.cycle_id}"


class Interest(models.Model):
    """An enterprise that who declares has an interest in: its applications are not theirs to judge."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="interests")
    enterprise = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    note = models.CharField(_("说明"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["declaration", "enterprise"], name="one_interest_an_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise_id} of {self.declaration_id}"
