"""What the events of findings say, in words."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from accreditation.queries.findings.catalogue import BY_CODE
from accreditation.queries.told import Told


def _name(told: Told) -> dict[str, str]:
    return {"name": str(BY_CODE[told.facts["rule"]].name)}


SENTENCES: dict[str, Callable[[Any], str]] = {
    "find": lambda told: _("发现疑点：%(name)s。") % _name(told),
    "examine": lambda told: _("核查疑点：%(name)s。") % _name(told),
    "reopen": lambda told: _("撤销核查，疑点重新列为未核查：%(name)s。") % _name(told),
}
