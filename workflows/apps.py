"""The app workflows."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from workflows.checks import check_key, check_peers


class WorkflowsConfig(AppConfig):
    name = "workflows"

    def ready(self) -> None:
        """Register the checks."""
        register(check_peers, Tags.security)
        register(check_key, Tags.security, deploy=True)
