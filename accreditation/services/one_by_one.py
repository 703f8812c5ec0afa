"""Do one thing to many subjects, each in its own transaction: what fails leaves the others alone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workflows.refusals import Refused

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """What came of one: done (`result` is what the service returned), refused, or an error that the log has."""

    done: bool = False
    result: Any = None
    refusal: Refused | None = None


def attempt(act: Callable[[], Any], what: str) -> Attempt:
    """Call `act`, a service that does all of its work or none; `what` names it in the log."""
    try:
        result = act()
    except Refused as refusal:
        return Attempt(refusal=refusal)
    except Exception:
        logger.exception("one of many broke off: %s", what)
        return Attempt()
    return Attempt(done=True, result=result)
