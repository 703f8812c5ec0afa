"""Do the work that has fallen due. The domain's rows are the queue; nothing is lost with a killed worker."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

Duty = Callable[[datetime], int]


def run_due(at: datetime) -> dict[str, int]:
    """Do every duty of `settings.DUE_WORK` that is due at `at`, in order; return what was done, by its name.

    Each duty is idempotent and takes its own transactions, so two runners do no harm to each other.
    """
    done: dict[str, int] = {}
    for address in settings.DUE_WORK:
        duty: Duty = import_string(address)
        done[address.rpartition(".")[2]] = duty(at)
    return done
