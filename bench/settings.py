"""The application as it is used, and beside it the same review built with viewflow.workflow."""

from config.settings import *  # noqa: F403
from config.settings import ALLOWED_HOSTS, INSTALLED_APPS, STORAGES

ALLOWED_HOSTS += ["testserver"]
INSTALLED_APPS += ["viewflow.workflow", "bench.peer"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # what is measured signs nobody in
