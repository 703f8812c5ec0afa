"""The log's keys: from files or the environment, never from the database."""

from pathlib import Path

from django.conf import settings

from workflows.ledger.notes import ED25519, BadNote, Signer, Verifier, read_signer, read_verifier


class CannotSign(Exception):
    """No checkpoint can be signed now; the text says why, and never repeats a secret."""


class NoKey(CannotSign):
    """There is no key to sign with, or it cannot be read; the text says what to do."""


def signer() -> Signer:
    """Return the key that signs checkpoints: WUHAO_LEDGER_KEY, or the file WUHAO_LEDGER_KEY_FILE. Raises NoKey."""
    path = Path(settings.LEDGER_KEY_FILE)
    place = "WUHAO_LEDGER_KEY" if settings.LEDGER_KEY else str(path)
    text = settings.LEDGER_KEY or text_of(path)
    if not text.strip():
        raise NoKey(f"there is no key to sign checkpoints with: manage.py ledger_key makes {path}")
    try:
        return read_signer(text)
    except BadNote as error:
        raise NoKey(f"{place}: {error}") from None


def verifiers() -> list[Verifier]:
    """Return the public keys that checkpoints may be signed with: those of the file, the present one last.

    Raises NoKey for a file that cannot be read as such, and where there is no key at all.
    """
    found = {str(one): one for one in known(Path(settings.LEDGER_KEYS_FILE))}
    try:
        own = signer().verifier()
    except NoKey:
        if not found:
            raise
    else:
        found.pop(str(own), None)
        found[str(own)] = own
    return list(found.values())


def known(path: Path) -> list[Verifier]:
    """Return the public keys of a log in a file, one a line; none without the file. Raises NoKey."""
    try:
        keys = [read_verifier(line) for line in lines_of(text_of(path))]
    except BadNote as error:
        raise NoKey(f"{path}: {error}") from error
    if any(key.kind != ED25519 for key in keys):
        raise NoKey(f"{path}: the key of a witness is no key of a log")
    return keys


def lines_of(text: str) -> list[str]:
    """Return the lines of a file of keys that say something."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def text_of(path: Path) -> str:
    """Return what is in a file of keys; "" without the file. Raises NoKey."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise NoKey(f"{path} cannot be read: {reason}") from None
