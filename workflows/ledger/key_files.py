"""Make the log's key, put a new one in its place, and keep the public keys of all there have been."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from workflows.ledger import keys
from workflows.ledger.notes import Signer, Verifier, is_name


class KeyRefused(Exception):
    """A key that is not made; the text says why and what to do."""


def is_there() -> bool:
    """Return whether there is a file for the key, whatever is in it."""
    return _key_file().exists()


def make(name: str) -> Signer:
    """Make the key of a log of this name where there is none yet. Raises KeyRefused; NoKey for what cannot be read."""
    _refuse_name(name)
    with _alone():
        if is_there():
            raise KeyRefused(f"{_key_file()} is there already; --rotate puts a new key in its place")
        return _put(_new(name))


def rotate() -> Signer:
    """Put a new key of the same name in the place of the present one. Raises KeyRefused, NoKey.

    The public key of the old one stays among those by which checkpoints are verified.
    """
    if settings.LEDGER_KEY:
        raise KeyRefused(
            "the key comes from WUHAO_LEDGER_KEY: make a new one elsewhere "
            "(WUHAO_LEDGER_KEY= WUHAO_LEDGER_KEY_FILE=NEW manage.py ledger_key --name NAME), "
            "set it there, and run ledger_key again"
        )
    with _alone():
        old = keys.signer()
        _remember(old.verifier())
        return _put(_new(old.name))


def remember(key: Verifier) -> None:
    """Write a public key into LEDGER_KEYS_FILE if it is not there yet. Raises KeyRefused, NoKey."""
    with _alone():
        _remember(key)


def _remember(key: Verifier) -> None:
    path = Path(settings.LEDGER_KEYS_FILE)
    if key in keys.known(path):
        return
    text = keys.text_of(path)
    begin = "" if not text or text.endswith("\n") else "\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{begin}{key}\n")
        file.flush()
        os.fsync(file.fileno())


def _refuse_name(name: str) -> None:
    if not is_name(name):
        raise KeyRefused(
            f"{name!r} is no name for a log: one like example.org/ledger, without blanks and plus"
        )


def _new(name: str) -> Signer:
    return Signer(name, secrets.token_bytes(32))


def _put(key: Signer) -> Signer:
    """Write the key whole or not at all, readable by its owner alone. Its public half is known before it is used."""
    _remember(key.verifier())
    draft = _key_file().with_name(f"{_key_file().name}.{secrets.token_hex(4)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{key.secret()}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(_key_file())
    finally:
        draft.unlink(missing_ok=True)
    return key


@contextmanager
def _alone() -> Iterator[None]:
    """Within the block nobody else makes a key here. Raises KeyRefused where nothing can be written."""
    path = Path(settings.LEDGER_KEYS_FILE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _key_file().parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise KeyRefused(f"{error.filename or path} cannot be written: {error.strerror}") from None


def _key_file() -> Path:
    return Path(settings.LEDGER_KEY_FILE)
