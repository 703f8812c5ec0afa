"""An application only of the benchmark's settings."""

from django.apps import AppConfig


class PeerConfig(AppConfig):
    name = "bench.peer"
    default_auto_field = "django.db.models.BigAutoField"
