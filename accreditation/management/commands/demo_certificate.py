"""Say where the certificate of the sample's first studio stands, drawing it if that is still to be done."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accreditation.sample.story import FOLLOWED
from accreditation.services.applications import STUDIO_SUFFIX
from certificates.issuing import render_due
from certificates.models import Certificate


class Command(BaseCommand):
    help = "Print the path of the sample's certificate as the last line."

    def handle(self, *args: Any, **options: Any) -> None:
        render_due(timezone.now())
        named = Certificate.objects.filter(studio_name=FOLLOWED + STUDIO_SUFFIX).exclude(sha256="")
        certificate = named.first()
        if certificate is None:
            raise CommandError("there is no sample certificate here; load the sample into an empty database")
        self.stdout.write(f"number: {certificate.number}")
        self.stdout.write(f"certificate: {certificate.file.path}")
