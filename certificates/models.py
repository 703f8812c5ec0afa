"""A certificate: what it says, its number, and the one file that was ever made of it."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

# Crockford's base 32: no I, L, O or U, so that a code read aloud or copied from paper stays unambiguous.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16  # 5 bits each: 80 bits, beyond guessing


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
    design = models.PositiveSmallIntegerField(default=1)
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
