"""What a process tells the engine about itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

from workflows.actors import Actor
from workflows.models import Subject
from workflows.refusals import Verdict


@dataclass(frozen=True)
class Deed:
    """What is being done while a transition runs, and the state it began from."""

    action: str
    by: Actor
    at: datetime
    from_state: str = ""
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opening:
    """A task to open: for an office, or for one person of it.

    `goes_on`: it is the office's last work of the stage again, and what its rounds of signatures came to still holds.
    """

    stage: str
    office_id: int
    due_at: datetime
    assignee_id: int | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class Role:
    """Who may take a transition: the permission that `viewflow.fsm` asks, and the office and role it is taken in.

    `office` names the level whose office acts ("" where no office does). `allows` gives a Verdict.
    """

    name: str
    office: str
    allows: Callable[[Any, Actor], Verdict]

    def __call__(self, process: Any, by: Actor) -> Verdict:
        return self.allows(process.subject, by)


class Process:
    """Base of a `viewflow.fsm` class whose transitions `workflows.engine.perform` runs.

    Each transition declares `permission=Role(...)` and, in `custom`, `tasks`:
    "own" closes the work that is open to who acts, and refuses when somebody else holds it or it waits for others;
    "mine" closes only the actor's own work (each expert alone); "all" closes every open task, "none" none.
    `favourable` steps are refused as long as a round of signatures has refused.
    """

    state: ClassVar[Any]  # a viewflow.fsm.State
    subject_model: ClassVar[type[Subject]]
    saves: ClassVar[Sequence[str]] = ()  # fields, beside the engine's own, that transitions may change
    makes_stale: ClassVar[Sequence[str]] = ()  # actions that raise the version though the state stays

    def __init__(self, subject: Any) -> None:
        self.subject = subject
        self.deed: Deed  # set by perform() before a permission, a condition or a transition runs

    def locked(self) -> Self:
        """Return the process over its row as it is now, locked until the transaction ends."""
        rows = self.subject_model._default_manager.select_related(*self.read_with())
        return type(self)(rows.select_for_update(of=("self",)).get(pk=self.subject.pk))

    def read_with(self) -> Sequence[str]:
        """Return the foreign keys to read together with the row. Others are read when they are asked for."""
        return ()

    def office(self, level: str) -> Any:
        """Return the office that acts at a level, or None."""
        raise NotImplementedError

    def seen(self, by: Actor) -> Mapping[str, Any]:
        """Return what whoever advises, proposes or signs has before them, for the record of it."""
        return {}

    def openings(self, *, moved: bool) -> Sequence[Opening]:
        """Return the tasks to open after a step; `moved` tells whether it changed the state."""
        raise NotImplementedError
