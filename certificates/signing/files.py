"""Files of keys: read once as long as they stay as they are, written whole or not at all."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECRET, PUBLIC = 0o600, 0o644
State = tuple[str, int, int, int]
"""A file as it is now: its path, its number, when it was changed, and its size."""


class CannotSign(Exception):
    """Nothing can be signed now; the text says why, and never repeats a secret."""


class NoKey(CannotSign):
    """There is no key, or it cannot be read; the text says what to do."""


class KeyRefused(Exception):
    """A key that is not made; the text says why."""


def state_of(path: Path) -> State:
    """Return by what a file is known to be the one that was read before. Raises NoKey."""
    try:
        found = path.stat()
    except OSError as error:
        reason = "manage.py signing_key makes it" if isinstance(error, FileNotFoundError) else error.strerror
        raise NoKey(f"{path} cannot be read: {reason}") from None
    return (str(path), found.st_ino, found.st_mtime_ns, found.st_size)


def content_of(path: Path) -> bytes:
    """Return what is in a file of keys. Raises NoKey."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NoKey(f"{path} cannot be read: {error.strerror}") from None


def put(path: Path, content: bytes, mode: int) -> None:
    """Write the file whole or not at all, in the place of what was there. Raises OSError."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def alone(*paths: Path) -> Iterator[None]:
    """Within the block nobody else makes these keys. Raises KeyRefused where nothing can be written."""
    lock = paths[0].with_name(f".{paths[0].name}.lock")
    try:
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise KeyRefused(f"{error.filename or lock} cannot be written: {error.strerror}") from None
