"""`manage.py verify_ledger`: what it prints, how it ends, and what it leaves out where it is told to."""

import json
import re
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import Settings

from tests.attacker import overwrite, triggers_lifted
from tests.factories import AT
from tests.workflows.kept_log import STREAM, WITNESS_KEY, KeptLog, event, made
from workflows.actors import SYSTEM
from workflows.journals import note_down
from workflows.ledger import keys, log
from workflows.ledger.verification.broken import CannotVerify
from workflows.ledger.verification.one_stream import verify_stream
from workflows.ledger.verification.whole import verify
from workflows.management.progress import Bar
from workflows.models import Checkpoint, Event

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def kept_log(tmp_path: Path, settings: Settings) -> KeptLog:
    settings.LEDGER_WITNESSES = WITNESS_KEY
    return made(tmp_path)


@pytest.fixture(autouse=True)
def _no_language_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command; return how it ended and what it printed."""

    def command(*arguments: Any) -> tuple[int, str]:
        try:
            call_command("verify_ledger", *map(str, arguments))
        except SystemExit as end:
            return int(end.code or 0), capsys.readouterr().out
        return 0, capsys.readouterr().out

    return command


def tampered() -> Event:
    """Change what an event says it is."""
    changed = event(3)
    connection.check_constraints()  # PostgreSQL lifts no trigger of a table with rows that are yet to be checked
    with triggers_lifted(connection):
        overwrite(changed, action="granted")
        connection.check_constraints()
    return changed


def test_a_ledger_that_holds_is_said_to_hold_and_how_much_of_it(kept_log: KeptLog, run: Any) -> None:
    newest = Checkpoint.objects.order_by("-size").first()
    code, said = run("--checkpoint", kept_log.kept)
    assert code == 0
    assert re.sub(r"用时[\d.]+秒", "用时0秒", said).splitlines()[0] == (
        f"成立：核验了{Event.objects.count()}条操作记录和{verify().rows}行数据，用时0秒。"
    )
    assert f"共{newest.size}条记录，根" in said
    assert "检查点2个、见证1个，签名都成立。" in said
    assert f"签署，含{newest.size}条记录。" in said
    assert "最近1条还没有编入检查点。" in said


def test_as_json_it_says_the_same_to_a_machine(kept_log: KeptLog, run: Any) -> None:
    newest = Checkpoint.objects.order_by("-size").first()
    code, said = run("--json")
    result = json.loads(said)
    assert (code, result.pop("seconds") > 0, result.pop("rows")) == (0, True, verify().rows)
    assert b64decode(result.pop("root")).hex() == newest.root
    assert result == {
        "holds": True, "from": 0, "size": newest.size, "events": newest.size + 1, "fresh": 1, "checkpoints": 2,
        "cosignatures": 1, "unknown_witnesses": 0, "checkpoint": {"size": newest.size, "at": newest.at.isoformat()},
    }  # fmt: skip


def test_a_bad_record_is_named_and_the_command_ends_with_1(kept_log: KeptLog, run: Any) -> None:
    changed = tampered()
    assert run() == (
        1,
        f"不成立。\n数据：workflows_event {changed.pk}\n操作记录：{STREAM}#3\n"
        f"记录序号：{changed.leaf.index}\n问题：这些列与正文不符：action\n",
    )
    code, said = run("--json")
    assert (code, json.loads(said)) == (
        1,
        {
            "holds": False, "fault": "column", "what": "这些列与正文不符：action", "table": "workflows_event",
            "key": str(changed.pk), "stream": STREAM, "sequence": 3, "leaf": changed.leaf.index,
        },
    )  # fmt: skip


def test_it_speaks_the_language_of_the_terminal(
    kept_log: KeptLog, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chinese = run()[1]
    monkeypatch.setenv("LANG", "C.UTF-8")  # not one of ours: the language that is active
    assert run()[1].splitlines()[1:] == chinese.splitlines()[1:]
    with translation.override("en"):
        english = translation.gettext("最近%(fresh)d条还没有编入检查点。") % {"fresh": 1}
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert run()[1].splitlines()[-1] == english


def test_since_a_checkpoint_only_the_rest_is_calculated(kept_log: KeptLog, run: Any) -> None:
    older = Checkpoint.objects.order_by("size").first()
    tampered()  # before the checkpoint: trusted
    assert run("--since", kept_log.kept)[0] == run("--since", kept_log.older)[0] == 0
    result = json.loads(run("--since", kept_log.older, "--json")[1])
    assert (result["from"], result["events"]) == (older.size, Event.objects.count() - older.size)
    assert run("--since", kept_log.older, "--checkpoint", kept_log.kept)[0] == 0
    assert run("--since", kept_log.kept, "--checkpoint", kept_log.older)[0] == 0
    assert f"序号0到{older.size - 1}信任所给的检查点，没有重算。" in run("--since", kept_log.older)[1]
    assert run()[0] == 1


def test_one_stream_is_verified_alone(kept_log: KeptLog, run: Any) -> None:
    tampered()
    assert run("--stream", "settings/second", "--checkpoint", kept_log.older)[0] == 0
    assert run("--stream", STREAM)[0] == 1
    result = json.loads(run("--stream", "settings/third", "--json")[1])
    assert (result["events"], result["fresh"], result["rows"]) == (2, 1, 1)


@pytest.mark.parametrize("stream", ["settings/none", "application/none", "none"])
def test_a_stream_that_is_not_there_is_no_bad_record(kept_log: KeptLog, run: Any, stream: str) -> None:
    assert run("--stream", stream) == (2, f"没有{stream}的操作记录\n")


def test_without_a_key_or_a_file_nothing_is_found_out(
    kept_log: KeptLog, run: Any, settings: Settings, tmp_path: Path
) -> None:
    code, said = run("--checkpoint", tmp_path / "none.txt")
    assert (code, said.startswith(f"读不出{tmp_path / 'none.txt'}：")) == (2, True)
    settings.LEDGER_WITNESSES = "nonsense"
    assert run()[0] == 2
    settings.LEDGER_WITNESSES = ""
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", str(tmp_path / "none.key")
    settings.LEDGER_KEYS_FILE = str(tmp_path / "none.keys")
    code, said = run("--json")
    assert (code, json.loads(said)["holds"]) == (2, None)
    assert "没有公钥" in json.loads(said)["what"]
    with pytest.raises(CannotVerify):
        verify_stream(STREAM)


@pytest.mark.parametrize("text", ["", "no note", "x\n1\nAAAA\n\n— x AAAA\n"])
def test_a_file_that_holds_no_signed_checkpoint_is_refused(
    kept_log: KeptLog, run: Any, tmp_path: Path, text: str
) -> None:
    (tmp_path / "kept").write_text(text, encoding="utf-8")
    code, said = run("--checkpoint", tmp_path / "kept", "--json")
    assert (code, json.loads(said)["fault"], json.loads(said)["key"]) == (
        1,
        "signature",
        str(tmp_path / "kept"),
    )


def test_a_key_that_was_replaced_still_verifies_what_it_signed(
    kept_log: KeptLog, run: Any, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "keys").write_text(f"{keys.signer().verifier()}\n", encoding="utf-8")
    settings.LEDGER_KEY, settings.LEDGER_KEY_FILE = "", str(tmp_path / "none")
    assert run("--checkpoint", kept_log.kept)[0] == 2
    settings.LEDGER_KEYS_FILE = str(tmp_path / "keys")
    assert run("--checkpoint", kept_log.kept)[0] == 0


def test_an_empty_ledger_holds(run: Any) -> None:
    code, said = run("--json")
    assert (code, json.loads(said)["size"], json.loads(said)["checkpoint"]) == (0, 0, None)


def test_the_queries_are_as_many_for_many_events_as_for_few(kept_log: KeptLog) -> None:
    with CaptureQueriesContext(connection) as few:
        verify()
    for number in range(30):
        note_down("settings", "first", "told", by=SYSTEM, at=AT + DAY, count=number)
    log.number_events(AT + DAY)
    with CaptureQueriesContext(connection) as many:
        verify()
    assert len(many) == len(few)


@pytest.mark.django_db(transaction=True)
def test_people_go_on_working_while_it_is_verified(kept_log: KeptLog) -> None:
    def work(what: str, done: int, total: int) -> None:
        with ThreadPoolExecutor(1) as worker:
            worker.submit(act).result()

    def act() -> None:
        note_down("settings", "first", "told", by=SYSTEM, at=AT)
        connection.close()

    events = Event.objects.count()
    assert verify(tell=work).events == events < Event.objects.count()


# ── The bar ──────────────────────────────────────────────────────────────────────────────────────────────


class Terminal:
    """What a bar is drawn on."""

    def __init__(self, *, is_watched: bool) -> None:
        self.is_watched, self.text = is_watched, ""

    def isatty(self) -> bool:
        return self.is_watched

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_a_bar_is_drawn_on_a_terminal_when_the_work_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("workflows.management.progress.time.monotonic", lambda: now[0])
    watched, piped = Terminal(is_watched=True), Terminal(is_watched=False)
    bars = [Bar(watched), Bar(piped)]
    for now[0] in (0.5, 1.5, 1.6, 2.5):
        for bar in bars:
            bar.draw("核对", int(now[0] * 1000), 4000)
    for bar in bars:
        bar.clear()
    first = f"核对 [{'#' * 11}{'.' * 19}] 1,500/4,000"
    second = f"核对 [{'#' * 18}{'.' * 12}] 2,500/4,000"
    assert (watched.text, piped.text) == (f"\r{first}\r{second}\r{' ' * len(second)}\r", "")


def test_without_a_total_the_bar_says_only_how_much_is_done() -> None:
    watched = Terminal(is_watched=True)
    bar = Bar(watched)
    bar.next_at = 0.0
    bar.draw("核对数据", 1500, 0)
    assert watched.text == "\r核对数据 1,500"
