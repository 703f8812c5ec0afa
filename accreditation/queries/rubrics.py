"""The rubric of a cycle, parsed once."""

import json
from functools import lru_cache

from accreditation import rubric
from accreditation.models import Cycle


def rubric_of(cycle: Cycle) -> rubric.Rubric:
    """Return the rubric version that the cycle's applications are judged by."""
    return _parsed(cycle.rubric.document)


@lru_cache(maxsize=16)
def _parsed(document: str) -> rubric.Rubric:
    return rubric.load(json.loads(document))
