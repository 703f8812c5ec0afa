"""What `manage.py check` says of the log's key, and of where the checkpoints go."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from workflows.ledger import keys, peers

OTHERS = 0o077
"""The bits of a file's mode by which anybody but its owner may do anything with it."""


def check_peers(**_options: Any) -> list[CheckMessage]:
    """The settings of witnesses and places can be read."""
    found: list[CheckMessage] = []
    for read in (peers.witnesses, peers.witnessed_logs):
        try:
            read()
        except peers.BadSetting as error:
            found.append(Error(str(error), id="workflows.E003"))
    for place in settings.CHECKPOINT_PLACES:
        if not place.startswith("/") and place not in settings.STORAGES:
            text = f"WUHAO_CHECKPOINT_PLACES: {place!r} is neither a path that begins with / nor an alias in STORAGES"
            found.append(Error(text, id="workflows.E004"))
    return found


def check_key(**_options: Any) -> list[CheckMessage]:
    """There is a key, it can be read, and by nobody else."""
    try:
        keys.signer()
        keys.verifiers()
    except keys.NoKey as error:
        return [Error(str(error), hint="Without it no checkpoint is signed.", id="workflows.E001")]
    return [] if settings.LEDGER_KEY else [*_of_file(Path(settings.LEDGER_KEY_FILE).resolve())]


def _of_file(path: Path) -> Iterator[CheckMessage]:
    if path.stat().st_mode & OTHERS:
        yield Error(
            f"{path} can be read by others than its owner.", hint=f"chmod 600 {path}", id="workflows.E002"
        )
    if any(path.is_relative_to(place.resolve()) for place in _given_out()):
        yield Error(
            f"{path} lies in a directory whose files are given out.",
            hint="Move it, and name it in WUHAO_LEDGER_KEY_FILE.",
            id="workflows.E005",
        )
    database = Path(str(settings.DATABASES["default"]["NAME"])).resolve()
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") and path.parent == database.parent:
        yield Warning(
            f"{path} lies beside the database: whoever copies one has the other.",
            hint="Move it, and name it in WUHAO_LEDGER_KEY_FILE.",
            id="workflows.W001",
        )


def _given_out() -> Iterable[Path]:
    """Yield the directories of static files, uploads, and the copies of checkpoints."""
    yield Path(settings.STATIC_ROOT)
    yield from map(Path, settings.STATICFILES_DIRS)
    files: Any = settings.STORAGES["default"]
    if "location" in files.get("OPTIONS", {}):
        yield Path(files["OPTIONS"]["location"])
    yield from (Path(place) for place in settings.CHECKPOINT_PLACES if place.startswith("/"))
