"""A certificate: what it says, its number, the one file that was ever made of it, how it ended, how it looks."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Crockford's base 32: no I, L, O or U, so that a code read aloud or copied from paper stays unambiguous.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16  # 5 bits each: 80 bits, beyond guessing
STATUS_LIST_LENGTH = (
    131_072  # bits: the least that W3C Bitstring Status List v1.0 allows, so that one hides in many
)


def new_check_code() -> str:
    """A code nobody can guess; whoever holds it holds the certificate or its picture."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class NumberSequence(models.Model):
    """The next serial number of a year. Its row is locked while a number is taken."""

    year = models.PositiveSmallIntegerField(unique=True)
    next_serial = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(next_serial__gte=1), name="next_serial_from_one")]

    def __str__(self) -> str:
        return f"{self.year}: {self.next_serial}"


class Design(models.Model):
    """A design that an operator wrote: a template and a sheet. Saved again, it is a new version; none is altered."""

    class Purpose(models.TextChoices):
        CERTIFICATE = "certificate", _("证书")
        PLAQUE = "plaque", _("牌匾")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    based_on = models.CharField(max_length=60)
    template = models.TextField()
    sheet = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["purpose", "name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "name", "version"], name="one_design_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Layout(models.Model):
    """How certificates look and what stands on them besides names, as chosen at one time; the newest is in force.

    `document` holds the fields of `configuration.Configuration`. A row is never altered; a certificate keeps its own.
    """

    version = models.PositiveIntegerField(unique=True)
    document: Any = models.JSONField()
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]

    def __str__(self) -> str:
        return str(self.version)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def without_file(self) -> "CertificateQuerySet":
        """Registered, and the file is still to be made; the first registered first."""
        return self.filter(sha256="").order_by("pk")


class Certificate(models.Model):
    """Registered in the transaction that numbers it; its file is made afterwards, once, and never again.

    `file`, `sha256`, `size` and `rendered_at` are empty together or set together, and once set they stay. So does
    `log_proof`, the place of its decision in the log, which is printed and attached: the database takes no file
    without it, and it without no file.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=80, unique=True)
    check_code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_check_code, editable=False)

    studio_name = models.CharField(max_length=100)
    enterprise_name = models.CharField(max_length=100)
    title = models.CharField(max_length=60)
    issuer = models.CharField(max_length=60)
    decision_number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField()
    valid_until = models.DateField()
    # Who issues it beside the issuer, in their order.
    joint_issuers: Any = models.JSONField(default=list)
    # Without one it looks as this installation's settings say.
    layout = models.ForeignKey(Layout, models.PROTECT, null=True, related_name="+")
    # What it is issued for, by the code under which the domain knows it; its later certificates have the same.
    issued_for = models.UUIDField(db_index=True)
    # Its bit in a published status list; given by chance, so that it says nothing of the number.
    status_list = models.PositiveSmallIntegerField()
    status_index = models.PositiveIntegerField()
    log_proof: Any = models.JSONField(null=True)
    registered_at = models.DateTimeField()

    file = models.FileField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(null=True)
    rendered_at = models.DateTimeField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-serial"]
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="one_certificate_a_serial"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="one_certificate_a_status"),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(sha256=""), name="one_certificate_a_file"
            ),
            models.CheckConstraint(
                condition=Q(file="", sha256="", size=None, rendered_at=None)
                | (~Q(file="") & ~Q(sha256="") & Q(size__gt=0) & Q(rendered_at__isnull=False)),
                name="file_with_its_hash_size_and_time",
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("issued_on")), name="valid_after_issue"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(sha256=""), name="certificates_without_file")]

    def __str__(self) -> str:
        return f"{self.number} {self.studio_name}"

    def get_absolute_url(self) -> str:
        """The public page that says whether this certificate is valid; the QR code leads here."""
        return reverse("verify-certificate", args=[self.check_code])

    @property
    def is_ready(self) -> bool:
        """True once the file is made and can be downloaded."""
        return bool(self.sha256)

    @property
    def check_code_groups(self) -> str:
        """The check code as it is printed: four groups of four."""
        return " ".join(self.check_code[start : start + 4] for start in range(0, CODE_LENGTH, 4))

    def has_expired(self, at: datetime) -> bool:
        """True from the day after `valid_until`, by the calendar of the issuer's time zone."""
        return timezone.localdate(at) > self.valid_until


class Ending(models.Model):
    """How a certificate ended before its day: revoked for a reason, or superseded by another. Never altered.

    `reason` is for everybody to read. It names people as they like who wrote it, so it can be erased, and is "" then.
    """

    class Kind(models.TextChoices):
        REVOKED = "revoked", pgettext_lazy("证书", "撤销")
        SUPERSEDED = "superseded", _("由新证书代替")

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="ending")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    ended_on = models.DateField()
    reason = models.TextField()
    successor = models.OneToOneField(
        Certificate, models.PROTECT, null=True, related_name="predecessor_ending"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="revoked", successor=None) | Q(kind="superseded", successor__isnull=False),
                name="superseded_by_a_successor",
            ),
            models.CheckConstraint(condition=~Q(successor=F("certificate")), name="succeeded_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate} {self.kind}"
