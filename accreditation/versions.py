"""The versions of the review process: which class each code names, and what it is in words.

Each application follows the version that its cycle named when it was submitted, until somebody moves it. A new
version is a subclass in a module of its own and a line here; a version that applications follow is never changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from viewflow.fsm import Transition

from accreditation.models import Application
from accreditation.process import FIRST_VERSION, ReviewProcess, version_of
from accreditation.process_2026_2 import ReviewProcess20262
from accreditation.states import ENDED


@dataclass(frozen=True)
class Version:
    """A version of the process; `told` says what it is."""

    process: type[ReviewProcess]
    told: str | Promise

    @property
    def code(self) -> str:
        """What applications and cycles keep of it."""
        return self.process.code

    @property
    def states(self) -> frozenset[str]:
        """The states that an application under this version can be in."""
        steps = [step for each in self.process.state.get_transitions().values() for step in each]
        found = {str(step.source) for step in steps}
        return frozenset(found | {str(target) for step in steps for target in step.declared_targets()})

    def steps_from(self, state: str) -> dict[str, Transition]:
        """Return the steps out of a state, by name."""
        return {step.slug: step for step in self.process.state.get_outgoing_transitions(state)}

    def counterpart(self, state: str) -> str | None:
        """Return the state in which an application goes on that was in `state` before; None where there is none."""
        return state if state in self.states and state not in ENDED else None


VERSIONS: Mapping[str, Version] = {
    version.code: version
    for version in (
        Version(ReviewProcess, _("三级审核，市级专家评分后审定")),
        Version(ReviewProcess20262, _("三级审核，市级专家评分、实地考察后审定")),
    )
}
"""Every version that an application may follow, the oldest first."""


NEEDS: Mapping[str, Promise] = {"site_visited": _("有实地考察记录")}
"""What the conditions in which versions differ ask, in words."""


def need_words(condition: Callable[..., Any]) -> str:
    """Return what a condition asks: in words of its own, or as its docstring says it."""
    name = condition.__name__
    return str(NEEDS[name]) if name in NEEDS else str(condition.__doc__).splitlines()[0].rstrip(".")


def version(code: str) -> Version:
    """Return a version by its code. Raises KeyError."""
    return VERSIONS[code or FIRST_VERSION]


def process_of(application: Application) -> ReviewProcess:
    """Return the process over an application, in the version that it follows."""
    return version(version_of(application)).process(application)
