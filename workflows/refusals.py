"""The four ways an action is refused. Each is raised before anything is written; the transaction is undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class Refused(Exception):
    """An action that was not done. `reason` is a sentence in the reader's language."""

    status = 409

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class NotPermitted(Refused):
    """Who asks may not do this. `code` is that of the permission's verdict."""

    status = 403

    def __init__(self, reason: str = "", code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class WrongState(Refused):
    """The process has no such step from the state that the subject is in."""


class SignedAfter(WrongState):
    """A round is planned for after the decision: it can only be proposed to the signers."""


class Stale(Refused):
    """The subject has moved on since the page was made: somebody else acted.

    `action`, `by` and `at` tell what was done, by whom and when; `by` is None where no person did it.
    """

    def __init__(
        self, reason: str, *, action: str = "", by: object = None, at: datetime | None = None
    ) -> None:
        super().__init__(reason)
        self.action, self.by, self.at = action, by, at


@dataclass(frozen=True)
class Problem:
    """One thing that is missing: a sentence, and where to mend it (a step and a field of the form, or "")."""

    message: str
    step: str = ""
    field: str = ""


class NotReady(Refused):
    """The step exists and who asks may take it, but something is missing; `problems` lists all of it."""

    status = 422

    def __init__(self, problems: Sequence[Problem], reason: str = "") -> None:
        super().__init__(reason or "；".join(problem.message for problem in problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Verdict:
    """The answer of a permission: truthy when allowed; a refusal says why, in words and as a code of the domain."""

    allowed: bool
    reason: str = ""
    code: str = ""

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Readiness:
    """The answer of a condition: truthy when nothing is missing. viewflow hands on `message` when it is not."""

    message: Sequence[Problem] = ()

    def __bool__(self) -> bool:
        return not self.message
