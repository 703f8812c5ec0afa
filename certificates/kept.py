"""Documents made on request are made once: they are kept under the hash of everything that they follow from.

What is kept can go at any time, it is made again then. Beside each file stands its SHA-256, so that one that was cut
short or altered is found at once and never handed out.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from certificates import archive

FOLDER = "documents"
DIGEST = ".sha256"
SWEPT_EVERY = 24 * 3600  # seconds


@dataclass(frozen=True)
class Request:
    """A document somebody asked for: the name of its file, what it is, and how it is made where it is not kept yet.

    `key` is the SHA-256, in hexadecimal, of everything that its bytes follow from.
    """

    name: str
    media_type: str
    key: str
    make: Callable[[], bytes]

    @property
    def path(self) -> str:
        """Where it is kept."""
        return f"{FOLDER}/{self.key[:2]}/{self.key}{Path(self.name).suffix}"


def kept(request: Request) -> bytes | None:
    """The document if it is kept and whole; None if it has to be made."""
    try:
        content = _read(request.path)
        known = _read(request.path + DIGEST).decode(errors="replace")
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == known else None


def made(request: Request) -> bytes:
    """The document, made if it is not kept; of several who ask at the same time one makes it, the others wait."""
    with _alone(request.key):
        content = kept(request)
        if content is None:
            content = request.make()
            _write(request.path, content)
            _write(request.path + DIGEST, hashlib.sha256(content).hexdigest().encode())
    return content


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """Let one worker of this machine at a time make a document; a lock of the system goes with who held it."""
    folder = settings.VAR_DIR / "making"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{key[:2]}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove_old(at: datetime) -> int:
    """Duty: once a day, remove what was made more than `settings.DOCUMENT_DAYS` ago."""
    if not cache.add("documents-swept", 1, SWEPT_EVERY):
        return 0
    before = at - timedelta(days=settings.DOCUMENT_DAYS)
    old = [name for name in _every() if default_storage.get_modified_time(name) < before]
    return _remove(old)


def forget_all() -> int:
    """Remove every kept document, as after text was erased that some of them may hold; how many files there were."""
    return _remove(list(_every()))


def _every() -> Iterator[str]:
    try:
        folders, _files = default_storage.listdir(FOLDER)
    except OSError:  # nothing was ever kept
        return
    for folder in folders:
        for file in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            yield f"{FOLDER}/{folder}/{file}"


def _remove(names: list[str]) -> int:
    for name in names:
        default_storage.delete(name)
    return len(names)


def _read(name: str) -> bytes:
    with default_storage.open(name, "rb") as file:
        return bytes(file.read())


def _write(name: str, content: bytes) -> None:
    """Write the whole file over what may stand there, or nothing."""
    try:
        target = Path(default_storage.path(name))
    except NotImplementedError:  # an object store keeps the whole file or nothing
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
        return
    archive.write_whole(target, content)
