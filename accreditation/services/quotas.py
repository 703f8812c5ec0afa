"""The places of all unions of a cycle at once."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accreditation.models import Cycle, Organisation
from accreditation.services.cycles import set_quota
from workflows.actors import Actor
from workflows.refusals import NotReady, Problem


def set_quotas(cycle: Cycle, places: Mapping[Organisation, int], *, by: Actor, at: datetime) -> None:
    """Give each union its places, all or none; what stays as it is makes no event.

    Raises NotPermitted, or NotReady with every union that has used more than it would get.
    """
    problems: list[Problem] = []
    with transaction.atomic():
        for organisation, count in places.items():
            try:
                set_quota(cycle, organisation, count, by=by, at=at)
            except NotReady as refusal:
                problems.extend(refusal.problems)
        if problems:
            raise NotReady(problems)
