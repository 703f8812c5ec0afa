"""What the engine asks the domain about signing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.actors import Actor
from workflows.refusals import Verdict


@dataclass(frozen=True)
class Rules:
    """The domain's answers, each about the locked subject and a person or a moment.

    `able`: can be asked to sign, in words about them; `may_sign`: may sign now; `may_change`: may have anything to
    do with rounds of the open work; `may_cancel`: may give one up, so as to let go of the work; `due`: until when
    somebody has to sign who is asked at a moment. `role` is the grant in whose name all of it is recorded.
    """

    able: Callable[[Any, Actor], Verdict]
    may_sign: Callable[[Any, Actor], Verdict]
    may_change: Callable[[Any, Actor], Verdict]
    may_cancel: Callable[[Any, Actor], Verdict]
    due: Callable[[Any, datetime], datetime]
    role: str
