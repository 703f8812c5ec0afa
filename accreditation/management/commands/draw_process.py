"""Draw the review process from its class into docs/process.md."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from viewflow.fsm import Transition

from accreditation.models import Organisation
from accreditation.permissions import AtLevel
from accreditation.process import ReviewProcess
from accreditation.states import ENDED, HOLDER, LEVEL_OF, RETURNED, ActionWord, Level, State
from accreditation.versions import VERSIONS

PATH: Path = settings.BASE_DIR / "docs" / "process.md"
OPEN = "任何办理中的状态"  # untranslated: the drawing is Chinese; every state that some step leads out of
LANGUAGE = "zh-hans"  # the words of the process are Chinese first, whatever the machine speaks
TITLE = """# The review process

Drawn by `python manage.py draw_process` from the class `ReviewProcess` in `accreditation/process.py` and, at the end,
from its later versions (`accreditation/versions.py`); a test holds them together. Do not edit it by hand.

Each step runs through `workflows.engine.perform`, which refuses it with one of four answers: not permitted,
wrong state, stale, not ready. The columns "Who" and "Needs" say what the first and the last of them ask.
"""


class Command(BaseCommand):
    help = "Draw the review process from its class into docs/process.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only compare; fail if they differ")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        drawn = drawing()
        if not check:
            PATH.parent.mkdir(exist_ok=True)
            PATH.write_text(drawn)
        elif not PATH.exists() or PATH.read_text() != drawn:
            raise CommandError("docs/process.md is not what the process says; run manage.py draw_process")


def drawing() -> str:
    """Return the whole document."""
    with translation.override(LANGUAGE):
        parts = [TITLE, "## The diagram\n", "```mermaid", *_diagram(), "```\n"]
        parts += ["## The steps\n", *_steps(), "", "## What each action does\n", *_actions(), ""]
        parts += ["## The states\n", *_states(), "", "## The versions\n", *_versions()]
        return "\n".join(parts).rstrip("\n") + "\n"


def transitions(process: type[ReviewProcess] = ReviewProcess) -> list[Transition]:
    """Return every step of a process, in the order in which its class and those it builds on declare them."""
    declared = [name for part in reversed(process.__mro__) for name in vars(part)]
    states, methods = list(State), process.state.get_transitions()
    steps = [step for declaration in methods.values() for step in declaration]
    return sorted(steps, key=lambda step: (declared.index(step.slug), states.index(step.source)))


def _diagram(process: type[ReviewProcess] = ReviewProcess) -> Iterator[str]:
    """Yield the lines of a Mermaid state diagram; what is possible from every open state is one arrow."""
    steps, open_states = transitions(process), _open_states()
    everywhere = [slug for slug in _slugs(steps) if _sources(steps, slug) == open_states]
    yield "stateDiagram-v2"
    for state in State:
        yield f'    state "{state.label}" as {state}'
    yield f'    state "{OPEN}" as anywhere'
    yield f"    [*] --> {process.state._default}"
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        source = "anywhere" if step.slug in everywhere else str(step.source)
        for target in step.declared_targets():
            labels = arrows.setdefault((source, str(target)), [])
            if str(step.label) not in labels:
                labels.append(str(step.label))
    for (source, target), labels in arrows.items():
        yield f"    {source} --> {target}: {'、'.join(labels)}"
    for state in State:
        if state not in open_states:
            yield f"    {state} --> [*]"


def _steps() -> Iterator[str]:
    """Yield the lines of the table of steps; those that differ only in where they start share a line."""
    yield "| From | Action | To | Who | Needs |"
    yield "|---|---|---|---|---|"
    yield from _rows(transitions())


def _rows(steps: list[Transition]) -> Iterator[str]:
    rows: dict[tuple[str, ...], list[str]] = {}
    for step in steps:
        row = (f"{step.label} `{step.slug}`", _target(step), _who(step), _needs(step))
        rows.setdefault(row, []).append(str(State(step.source).label))
    for (action, target, who, what), sources in rows.items():
        whence = OPEN if len(sources) == len(_open_states()) else "、".join(sources)
        yield f"| {whence} | {action} | {target} | {who} | {what} |"


def _target(step: Transition) -> str:
    """Return where a step leads; where that depends on the application, on what."""
    labels = "、".join(str(State(target).label) for target in step.declared_targets())
    func = getattr(step.target, "func", None)
    return f"{labels}: {_first_sentence(func)}" if func else labels


def _actions() -> Iterator[str]:
    """Yield what each action does, as its method says."""
    for slug in _slugs(transitions()):
        told = " ".join(str(getattr(ReviewProcess, slug).__doc__).split())
        yield f"- `{slug}` {ActionWord(slug).label}: {told}"


def _states() -> Iterator[str]:
    """Yield the lines of the table of states."""
    yield "| State | Code | Level | Task held by |"
    yield "|---|---|---|---|"
    for state in State:
        level = LEVEL_OF.get(state)
        yield f"| {state.label} | `{state}` | {level.label if level else ''} | {_holder(state)} |"


def _versions() -> Iterator[str]:
    """Yield what each version is, and for the later ones which steps differ from the version before."""
    before: type[ReviewProcess] | None = None
    for code, version in VERSIONS.items():
        process = version.process
        yield f"**{code}** `{process.__name__}`: {version.told}"
        if before is not None:
            yield from _differing(before, process)
        yield ""
        before = process


def _differing(before: type[ReviewProcess], process: type[ReviewProcess]) -> Iterator[str]:
    known = set(_rows(transitions(before)))
    rows = [row for row in _rows(transitions(process)) if row not in known]
    gone = {step.slug for step in transitions(before)} - {step.slug for step in transitions(process)}
    yield f"\nAs {before.code}, without {'、'.join(sorted(gone))}." if gone else f"\nAs {before.code}, but:"
    yield "\n| From | Action | To | Who | Needs |"
    yield "|---|---|---|---|---|"
    yield from rows
    if list(_diagram(process)) != list(_diagram(before)):
        yield from ("\n```mermaid", *_diagram(process), "```")


def _holder(state: State) -> str:
    if state in RETURNED:
        return str(Organisation.Kind.ENTERPRISE.label)
    if state == State.PANEL_SCORING:
        return "each expert seated"
    return str(LEVEL_OF[state].label) if state in HOLDER else ""


def _who(step: Transition) -> str:
    allows = step.permission.allows
    if isinstance(allows, AtLevel):
        grants = dict(Organisation._meta.permissions)
        return f"{Level(allows.level).label}: {' or '.join(str(grants[grant]) for grant in allows.grants)}"
    return _first_sentence(allows)


def _needs(step: Transition) -> str:
    return " ".join(_first_sentence(condition) for condition in step.conditions)


def _first_sentence(predicate: Any) -> str:
    """Return what a predicate asks: the first line of its docstring."""
    return str(predicate.__doc__).splitlines()[0]


def _slugs(steps: list[Transition]) -> list[str]:
    return list(dict.fromkeys(step.slug for step in steps))


def _sources(steps: list[Transition], slug: str) -> list[State]:
    starts = {step.source for step in steps if step.slug == slug}
    return [state for state in State if state in starts]


def _open_states() -> list[State]:
    """Return the states in which the process goes on; out of an ended one leads only taking a decision back."""
    return [state for state in State if state not in ENDED]
