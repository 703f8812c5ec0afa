"""利害关系申明: for which cycles somebody declares, what they have declared, and which enterprises they can name."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.models import Application, Cycle, Declaration, Membership, Organisation, User
from accreditation.permissions import appointments
from accreditation.scope import visible_applications
from workflows.models import Event


@dataclass(frozen=True)
class Enterprise:
    """An enterprise to choose. `applies`: it has an application in the cycle that the reader may see."""

    organisation: Organisation
    applies: bool


def declaring(user: User, at: datetime) -> QuerySet[Cycle]:
    """Return the cycles for which the user declares: who belongs to a body that reviews in them, or was named for one.

    A cycle of the future can be declared for already.
    """
    bodies = Membership.objects.filter(
        user=user, user__is_active=True, ended_at=None, organisation__kind__in=list(Organisation.LEVELS)
    )
    roots = {path.partition("/")[0] for path in bodies.values_list("organisation__path", flat=True)}
    kind = ContentType.objects.get_for_model(Application)
    named = appointments().filter(user=user, content_type=kind).values("object_id")
    cycles = Cycle.objects.select_related("city")
    return cycles.filter(Q(city__code__in=roots) | Q(applications__in=named)).distinct().order_by("-opens_at")


def declaration_of(cycle: Cycle, user: User) -> Declaration | None:
    """Return what the user has declared for the cycle."""
    return Declaration.objects.filter(cycle=cycle, user=user).first()


def enterprises_declared(cycle: Cycle, user: User) -> dict[int, str] | None:
    """Return by enterprise the note of what the user has declared; None where nothing was declared at all."""
    declaration = declaration_of(cycle, user)
    if declaration is None:
        return None
    return dict(declaration.interests.values_list("enterprise_id", "note"))


def undeclared(user: User, cycles: Iterable[int]) -> list[Cycle]:
    """Return those of the cycles for which the user has not declared yet."""
    wanted = set(cycles)
    if not wanted:
        return []
    done = Declaration.objects.filter(user=user, cycle=OuterRef("pk"))
    return list(Cycle.objects.filter(~Exists(done), pk__in=wanted).order_by("opens_at", "pk"))


def enterprises(cycle: Cycle, user: User, words: str, at: datetime, most: int) -> Sequence[Enterprise]:
    """Return the enterprises whose name has these words, those first that apply in the user's scope; `most` at most.

    Without words only those that apply.
    """
    applying = visible_applications(user, at).filter(cycle=cycle, enterprise=OuterRef("pk"))
    found = Organisation.objects.filter(kind=Organisation.Kind.ENTERPRISE).annotate(applies=Exists(applying))
    if words:
        found = found.filter(Q(name__icontains=words) | Q(short_name__icontains=words))
    else:
        found = found.filter(applies=True)
    listed = found.order_by("-applies", "name", "pk")[:most]
    return [Enterprise(one, one.applies) for one in listed]


def events_of(cycle: Cycle, user: User) -> QuerySet[Event]:
    """Return when the user declared for the cycle, the latest first."""
    return Event.objects.filter(stream=cycle.stream, actor=user, action="declare").order_by("-sequence")


def by_keys(keys: Iterable[int]) -> list[Organisation]:
    """Return the organisations of these keys, by name."""
    return list(Organisation.objects.filter(pk__in=list(keys)).order_by("name", "pk"))


def standing(cycles: Sequence[Cycle], user: User) -> list[tuple[Cycle, Declaration | None, int]]:
    """Return with each cycle what the user has declared for it, and in how many enterprises. One query."""
    made = Declaration.objects.filter(user=user, cycle__in=cycles).annotate(count=Count("interests"))
    found = {one.cycle_id: one for one in made}
    return [(cycle, found.get(cycle.pk), getattr(found.get(cycle.pk), "count", 0)) for cycle in cycles]


def told(events: Iterable[Event]) -> list[tuple[datetime, str]]:
    """Put declarations into words: when, and what was declared. One query for the names of the enterprises."""
    facts = [(event.at, json.loads(event.body)["facts"]["enterprises"]) for event in events]
    codes = {code for _at, named in facts for code in named}
    names = dict(Organisation.objects.filter(code__in=codes).values_list("code", "name"))
    return [(at, _sentence([names.get(code, code) for code in named])) for at, named in facts]


def _sentence(names: Sequence[str]) -> str:
    if not names:
        return _("申明与申报单位都没有利害关系。")
    said = {"count": len(names), "names": _("、").join(names)}
    return (
        ngettext(
            "申明与%(count)d个单位有利害关系：%(names)s。",
            "申明与%(count)d个单位有利害关系：%(names)s。",
            len(names),
        )
        % said
    )
