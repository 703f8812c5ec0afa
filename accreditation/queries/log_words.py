"""What the log says of itself, in words: the keys that sign it, and who is mailed its checkpoints."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accreditation.queries.told import Told


def _set_key(told: Told) -> str:
    said = {"key": _short(told.facts["key"]), "before": _short(told.facts["before"])}
    if not said["before"]:
        return _("检查点用密钥%(key)s签名。") % said
    return _("检查点改用密钥%(key)s签名，此前是%(before)s。") % said


def _asked(told: Told) -> str:
    return _("订阅检查点，寄给%(reader)s。") % _reader(told)


def _ended(told: Told) -> str:
    return _("不再把检查点寄给%(reader)s。") % _reader(told)


def _reader(told: Told) -> dict[str, str]:
    return {"reader": told.names.get("reader") or _("有关人员")}


def _short(key: str) -> str:
    """Return the digits by which signatures name a key."""
    return key.split("+")[1] if key else ""


SENTENCES: dict[str, Callable[[Any], str]] = {
    "set_log_key": _set_key,
    "ask_checkpoints": _asked,
    "end_checkpoints": _ended,
}
