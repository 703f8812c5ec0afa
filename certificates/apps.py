"""The app certificates."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from certificates.checks import check_keys


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self) -> None:
        """Register the checks."""
        register(check_keys, Tags.security, deploy=True)
