"""docs/process.md is what the class says."""

import pytest
from django.core.management import CommandError, call_command

from accreditation.management.commands import draw_process
from accreditation.states import State


def test_the_document_is_the_one_drawn_from_the_class() -> None:
    assert draw_process.PATH.read_text() == draw_process.drawing()


def test_every_state_and_every_step_is_drawn() -> None:
    drawn = draw_process.drawing()
    assert [state for state in State if f'"{state.label}" as {state}\n' not in drawn] == []
    arrows = {line.split(": ")[0].strip() for line in drawn.splitlines() if "-->" in line}
    assert [
        step
        for step in draw_process.transitions()
        for target in step.declared_targets()
        if step.slug != "withdraw" and f"{step.source} --> {target}" not in arrows
    ] == []
    assert "anywhere --> withdrawn" in arrows


def test_a_document_that_differs_fails_the_check(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "process.md"
    stale.write_text(draw_process.drawing() + "by hand\n")
    monkeypatch.setattr(draw_process, "PATH", stale)
    with pytest.raises(CommandError, match="draw_process"):
        call_command("draw_process", check=True)
    call_command("draw_process")
    call_command("draw_process", check=True)
