"""Recommend a block of applications for each line that comes in; print the seconds, and those of the processor.

It runs the code of the checkout that it is started in (`bench.against`).
"""

import sys
import time
from datetime import timedelta
from itertools import islice

import django
from django.core.management import call_command
from django.utils import timezone

django.setup()

from accreditation.models import Application  # noqa: E402
from accreditation.services import review  # noqa: E402
from accreditation.states import State  # noqa: E402
from tests import factories  # noqa: E402
from tests.crowd import crowd  # noqa: E402


def main() -> None:
    """Lay in as many applications as will be asked for, then wait for the lines."""
    block, blocks = (int(argument) for argument in sys.argv[1:])
    call_command("migrate", verbosity=0)
    who = factories.cast()
    template = factories.application_in(State.ENTERPRISE_REVIEW, leader_name="样本")
    crowd(template, range(block * blocks), timezone.now())
    waiting = iter(list(Application.objects.filter(state=State.ENTERPRISE_REVIEW).order_by("pk")))
    for _asked in sys.stdin:
        subjects = list(islice(waiting, block))
        started, cpu = time.perf_counter(), time.process_time()
        for one in subjects:
            review.recommend(
                one,
                by=who.union_decider,
                at=one.state_since + timedelta(hours=1),
                expected_version=one.version,
                reason="五好条件符合，材料齐全，同意推荐。",
            )
        print(time.perf_counter() - started, time.process_time() - cpu, flush=True)


if __name__ == "__main__":
    main()
