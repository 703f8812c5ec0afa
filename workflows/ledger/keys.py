"""The log's keys: from files or the environment, never from the database."""

from pathlib import Path

from django.conf import settings

from workflows.ledger.notes import BadNote, Signer, Verifier, read_signer, read_verifier


class NoKey(Exception):
    """There is no key to sign with; the text says how to make one."""


def signer() -> Signer:
    """Return the key that signs checkpoints: WUHAO_LEDGER_KEY, or the file WUHAO_LEDGER_KEY_FILE. Raises NoKey."""
    text = settings.LEDGER_KEY or _text(Path(settings.LEDGER_KEY_FILE))
    if not text:
        raise NoKey(
            f"no key to sign checkpoints with: make one by manage.py ledger_key ({settings.LEDGER_KEY_FILE})"
        )
    try:
        return read_signer(text.strip())
    except BadNote as error:
        raise NoKey(f"{settings.LEDGER_KEY_FILE}: {error}") from error


def verifiers() -> list[Verifier]:
    """Return the public keys that checkpoints may be signed with: the present one, and the earlier ones of the file.

    Raises NoKey for a file that cannot be read as such.
    """
    found = {}
    try:
        for line in _text(Path(settings.LEDGER_KEYS_FILE)).splitlines():
            if line.strip() and not line.startswith("#"):
                known = read_verifier(line)
                found[str(known)] = known
    except BadNote as error:
        raise NoKey(f"{settings.LEDGER_KEYS_FILE}: {error}") from error
    try:
        own = signer().verifier()
        found[str(own)] = own
    except NoKey:
        if not found:
            raise
    return list(found.values())


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
