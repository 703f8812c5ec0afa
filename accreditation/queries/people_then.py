"""The names of whom events speak, as they were written then; who is not named there is called by their account."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from accreditation.models import User
from accreditation.queries.replay_deeds import person
from workflows.models import Event


@dataclass(frozen=True)
class People:
    """Names by what stands for people in the ledger: as the events wrote them, else as their accounts have them."""

    names: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, code: str) -> str:
        """Return the name; where it was erased, that it was."""
        return self.names.get(code) or (_("姓名已删除") if code else "")

    def all(self, codes: Iterable[str]) -> list[str]:
        """Return several names."""
        return [self(code) for code in codes]


def people(events: Iterable[Event], mentioned: Set[str]) -> People:
    """Return the names of the people in these events, and of those `mentioned` besides. At most one query."""
    names: dict[str, str] = {}
    erased: set[str] = set()
    for event in events:
        said, facts, texts = event.said, event.facts, event.personal
        named = {"actor": said.get("actor"), "principal": facts.get("for"), "above": facts.get("above")}
        named |= {name: facts.get(name) for name in ("to", "signer")}
        for name, code in named.items():
            if not isinstance(code, str):
                continue
            if name in texts:
                names[person(code)] = texts[name]
            elif name in event.erased:
                erased.add(person(code))
    unknown = mentioned - names.keys() - erased
    rows = User.objects.filter(public_id__in=keys_in(unknown)) if unknown else ()
    return People({str(row.public_id): row.name for row in rows} | names)


def keys_in(codes: Iterable[str]) -> list[UUID]:
    """Return those of the codes that are public identifiers; a tampered record may hold anything."""
    found = []
    for code in codes:
        try:
            found.append(UUID(code))
        except (ValueError, AttributeError, TypeError):
            continue
    return found
