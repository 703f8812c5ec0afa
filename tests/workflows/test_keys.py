"""The log's key: made once, put in the place of another, never shown; what is wrong with one is said plainly."""

import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from tests.factories import AT
from workflows import key_changes
from workflows.checks import check_key, check_peers
from workflows.key_changes import note_key
from workflows.ledger import keys
from workflows.ledger.checkpoints import make
from workflows.ledger.log import number_events
from workflows.ledger.notes import COSIGNATURE, Signer, open_checkpoint
from workflows.management.commands import ledger_key
from workflows.models import Event

NAME = "example.org/ledger"
OTHER = Signer(NAME, bytes(range(1, 33)))


@pytest.fixture(autouse=True)
def key_file(settings: Any, tmp_path: Path) -> Path:
    """Begin without a key, in a directory that is not there yet."""
    settings.LEDGER_KEY = ""
    settings.LEDGER_KEY_FILE = str(tmp_path / "keys" / "ledger.key")
    settings.LEDGER_KEYS_FILE = str(tmp_path / "keys" / "ledger.keys")
    settings.BASE_URL = "https://wuhao.example.org/x"
    return tmp_path / "keys" / "ledger.key"


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("ledger_key", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        command(*arguments)
    return str(refusal.value)


def ids(found: list[Any]) -> list[str]:
    return [one.id for one in found]


def test_a_key_is_made_once_for_its_owner_alone(key_file: Path) -> None:
    said = command()
    secret = key_file.read_text()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    made = keys.signer()
    assert made.name == "wuhao.example.org/x/ledger"
    assert (str(made.verifier()) in said, str(made.verifier(COSIGNATURE)) in said) == (True, True)
    assert secret.strip() not in said
    assert str(made.verifier()) in command()
    assert (key_file.read_text(), keys.verifiers()) == (secret, [made.verifier()])
    assert sorted(one.name for one in key_file.parent.iterdir()) == ["ledger.key", "ledger.keys"]


def test_a_name_can_be_chosen_once(key_file: Path) -> None:
    assert refused("--name", "two words") == (
        "'two words' is no name for a log: one like example.org/ledger, without blanks and plus"
    )
    assert not key_file.exists()
    command("--name", NAME)
    assert keys.signer().name == NAME
    assert "its name is for ever" in refused("--name", "example.org/other")
    assert "its name is for ever" in refused("--name", "example.org/other", "--rotate")
    command("--name", NAME)


@pytest.mark.django_db
def test_a_new_key_signs_and_what_the_old_one_signed_still_verifies(key_file: Path) -> None:
    command("--name", NAME)
    assert (note_key(AT), note_key(AT)) == (1, 0)
    number_events(AT)
    before, old = make(AT), keys.signer()
    assert before is not None
    said = command("--rotate")
    new = keys.signer()
    assert (new.name, new.seed != old.seed, stat.S_IMODE(key_file.stat().st_mode)) == (NAME, True, 0o600)
    assert (old.secret() in said, new.secret() in said) == (False, False)
    assert keys.verifiers() == [old.verifier(), new.verifier()]

    first, second = Event.objects.filter(stream="log/keys").order_by("sequence")
    assert (first.action, first.facts) == ("set_log_key", {"key": str(old.verifier()), "before": ""})
    assert second.facts == {"key": str(new.verifier()), "before": str(old.verifier())}
    number_events(AT)
    after = make(AT)
    assert after is not None
    for checkpoint in (before, after):
        assert open_checkpoint(checkpoint.note, keys.verifiers()).size == checkpoint.size


def test_a_rotation_without_a_database_is_noted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(at: Any) -> int:
        raise DatabaseError

    monkeypatch.setattr(ledger_key, "note_key", fail)
    command()
    assert "due work will note the change" in command("--rotate")


def test_there_is_nothing_to_rotate_without_a_key(key_file: Path) -> None:
    assert (
        refused("--rotate")
        == f"there is no key to sign checkpoints with: manage.py ledger_key makes {key_file}"
    )
    assert not key_file.exists()


@pytest.mark.django_db
def test_a_key_of_the_environment_is_kept_there_and_its_change_is_noted(
    settings: Any, key_file: Path
) -> None:
    settings.LEDGER_KEY = OTHER.secret()
    assert str(OTHER.verifier()) in command()
    assert (key_file.exists(), keys.verifiers()) == (False, [OTHER.verifier()])
    assert "the key comes from WUHAO_LEDGER_KEY" in refused("--rotate")
    note_key(AT)
    second = Signer(NAME, bytes(32))
    settings.LEDGER_KEY = second.secret()
    command()
    assert (note_key(AT), note_key(AT)) == (1, 0)
    assert keys.verifiers() == [OTHER.verifier(), second.verifier()]
    assert Event.objects.last().facts == {"key": str(second.verifier()), "before": str(OTHER.verifier())}


@pytest.mark.django_db
def test_without_a_key_no_change_is_noted() -> None:
    assert note_key(AT) == 0
    assert not Event.objects.filter(stream=f"{key_changes.KIND}/{key_changes.CODE}").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (OTHER.secret()[:-8].encode(), "this is not a private key of a log"),
        (OTHER.secret().replace("+AQ", "+AR").encode(), "this private key is damaged"),
        (str(OTHER.verifier()).encode(), "this private key is damaged"),
        (b"\xff\xfe", "cannot be read: it is not text"),
    ],
)
def test_a_damaged_key_is_left_alone_and_never_shown(key_file: Path, content: bytes, said: str) -> None:
    key_file.parent.mkdir()
    key_file.write_bytes(content)
    for arguments in ((), ("--rotate",)):
        refusal = refused(*arguments)
        assert (str(key_file) in refusal, said in refusal, OTHER.secret()[40:60] in refusal) == (
            True,
            True,
            False,
        )
    assert key_file.read_bytes() == content
    assert ids(check_key()) == ["workflows.E001"]


def test_an_empty_file_is_no_key_and_is_not_written_over(key_file: Path) -> None:
    key_file.parent.mkdir()
    key_file.touch()
    assert "there is no key" in refused()
    assert key_file.read_text() == ""


def test_keys_that_cannot_be_read_are_said_to_be_so(settings: Any, key_file: Path) -> None:
    command("--name", NAME)
    known = Path(settings.LEDGER_KEYS_FILE)
    known.write_text(f"# of 2026\n\n{OTHER.verifier()}\n")
    assert keys.verifiers() == [OTHER.verifier(), keys.signer().verifier()]
    known.write_text("nonsense\n")
    assert refused() == f"{known}: this is not a public key of a log or a witness"
    known.write_text(f"{OTHER.verifier(COSIGNATURE)}\n")
    assert refused("--rotate") == f"{known}: the key of a witness is no key of a log"
    assert ids(check_key()) == ["workflows.E001"]


def test_nothing_is_made_where_nothing_can_be_written(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.LEDGER_KEY_FILE = str(tmp_path / "file" / "ledger.key")
    assert "cannot be" in refused()


# ── manage.py check ──────────────────────────────────────────────────────────────────────────────────────


def test_the_check_of_a_deployment_wants_a_key_that_nobody_else_can_read(
    settings: Any, key_file: Path
) -> None:
    assert ids(check_key()) == ["workflows.E001"]
    command()
    assert check_key() == []
    key_file.chmod(0o640)
    assert ids(check_key()) == ["workflows.E002"]
    settings.LEDGER_KEY = OTHER.secret()
    assert check_key() == []


def test_the_check_wants_the_key_apart_from_what_is_given_out_and_from_the_database(
    settings: Any, key_file: Path
) -> None:
    command()
    settings.CHECKPOINT_PLACES = [str(key_file.parent.parent), "default"]
    assert ids(check_key()) == ["workflows.E005"]
    settings.CHECKPOINT_PLACES = []
    settings.STATIC_ROOT = key_file.parent
    assert ids(check_key()) == ["workflows.E005"]
    settings.STATIC_ROOT = key_file.parent / "static"
    settings.DATABASES["default"] = settings.DATABASES["default"] | {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(key_file.with_name("wuhao.sqlite3")),
    }
    assert ids(check_key()) == ["workflows.W001"]


def test_the_check_reads_the_settings_of_witnesses_and_places(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "witnesses"
    file.write_text(f"# of the other union\n{OTHER.verifier(COSIGNATURE)}\n")
    settings.LEDGER_WITNESSES = str(file)
    settings.LEDGER_WITNESSED_LOGS = f"{OTHER.verifier()} https://example.org/ledger"
    settings.CHECKPOINT_PLACES = ["default", str(tmp_path)]
    assert check_peers() == []
    for witnesses, logs, place, expected in (
        (str(OTHER.verifier()), "", "default", "workflows.E003"),
        (str(file) + "x", "", "default", "workflows.E003"),
        ("", str(OTHER.verifier()), "default", "workflows.E003"),
        ("", f"{OTHER.verifier(COSIGNATURE)} https://example.org/", "default", "workflows.E003"),
        ("", "", "elsewhere", "workflows.E004"),
    ):
        settings.LEDGER_WITNESSES, settings.LEDGER_WITNESSED_LOGS = witnesses, logs
        settings.CHECKPOINT_PLACES = [place]
        assert ids(check_peers()) == [expected]
