"""An application only of the benchmark's settings."""

from django.apps import AppConfig


class RivalConfig(AppConfig):
    name = "scripts.bench.rival"
    default_auto_field = "django.db.models.BigAutoField"
