"""The rubric that something is judged by, parsed once."""

import json
from functools import lru_cache

from accreditation import rubric
from accreditation.models import Application, Cycle


def rubric_of(cycle: Cycle) -> rubric.Rubric:
    """Return the rubric version for what is submitted to the cycle from now on."""
    return parsed(cycle.rubric.document)


def rubric_of_application(application: Application) -> rubric.Rubric:
    """Return the rubric version that the application was submitted under; a draft follows its cycle."""
    own = application.rubric if application.rubric_id else None
    return rubric_of(application.cycle) if own is None else parsed(own.document)


@lru_cache(maxsize=16)
def parsed(document: str) -> rubric.Rubric:
    """Return a rubric by its document as it was loaded."""
    return rubric.load(json.loads(document))
