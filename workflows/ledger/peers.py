"""The other systems that settings name: who witnesses our log, and whose logs we witness."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from workflows.ledger import keys
from workflows.ledger.notes import COSIGNATURE, ED25519, BadNote, Verifier, read_verifier


class BadSetting(Exception):
    """A setting that cannot be read; the text names it and says why."""


@dataclass(frozen=True)
class OtherLog:
    """The log of another system: a key that signs it, and the address below which its checkpoints stand."""

    key: Verifier
    url: str


def witnesses() -> list[Verifier]:
    """Return the keys of those who cosign our checkpoints (WUHAO_WITNESSES). Raises BadSetting."""
    return [
        _key("WUHAO_WITNESSES", line, COSIGNATURE)
        for line in _lines("WUHAO_WITNESSES", settings.LEDGER_WITNESSES)
    ]


def witnessed_logs() -> list[OtherLog]:
    """Return the logs that we cosign (WUHAO_WITNESSED_LOGS: lines "KEY ADDRESS"). Raises BadSetting."""
    name, found = "WUHAO_WITNESSED_LOGS", []
    for line in _lines(name, settings.LEDGER_WITNESSED_LOGS):
        key, _blank, url = line.partition(" ")
        if not url.strip().startswith(("https://", "http://")):
            raise BadSetting(
                f"{name}: after each key stands the address of the log, as https://example.org/ledger/"
            )
        found.append(OtherLog(_key(name, key, ED25519), url.strip().rstrip("/") + "/"))
    return found


def _key(name: str, text: str, kind: int) -> Verifier:
    try:
        key = read_verifier(text)
    except BadNote as error:
        raise BadSetting(f"{name}: {error}") from error
    if key.kind != kind:
        asked = "a witness" if kind == COSIGNATURE else "a log"
        raise BadSetting(f"{name}: the key of {key.name} is not that of {asked}")
    return key


def _lines(name: str, setting: str) -> list[str]:
    """Return the lines of a setting: those of the file that it names, or its parts between commas."""
    if not setting.startswith("/"):
        return keys.lines_of(setting.replace(",", "\n"))
    try:
        found = keys.lines_of(keys.text_of(Path(setting)))
    except keys.NoKey as error:
        raise BadSetting(f"{name}: {error}") from error
    if not found:
        raise BadSetting(f"{name}: {setting} is not there, or empty")
    return found
