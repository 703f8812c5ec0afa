"""Panels for many applications at once: who would sit on which, before anybody signs it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from accreditation.bars import words_about
from accreditation.models import Application, User
from accreditation.queries.desk import Desk
from accreditation.queries.interests import codes
from accreditation.queries.panels import cards_in_hand, missing_cards, undiscussed
from accreditation.services.batch_preview import Line, preview


@dataclass(frozen=True)
class Panel:
    """What convening will do with one application: who sits on its panel, and who of those chosen may not, and why.

    `why` says why it will be refused; "" for not.
    """

    line: Line
    experts: Sequence[User] = ()
    out: Sequence[str] = ()
    why: str = ""

    @property
    def application(self) -> Application:
        """Return the application."""
        return self.line.application


@dataclass(frozen=True)
class Conclusion:
    """What ending the scoring will do with one application: how many cards count, how many are still missing.

    `why` says why it will be refused; `undiscussed` whose cards have to be discussed first.
    """

    line: Line
    handed: int
    missing: int
    undiscussed: Sequence[str] = ()
    why: str = ""

    @property
    def application(self) -> Application:
        """Return the application."""
        return self.line.application


def seat_all(applications: Sequence[Application], experts: Sequence[User], desk: Desk) -> list[Panel]:
    """Return the panels on which everybody chosen sits who need not keep out of the application.

    Constant queries. `applications` are those of one city, read with their cycle, studio and offices.
    """
    barred = _barred(applications, experts)
    return [_asked(line, barred, experts) for line in preview("convene", applications, desk)]


def spread_seats(
    applications: Sequence[Application], experts: Sequence[User], seats: int, desk: Desk
) -> list[Panel]:
    """Return panels of `seats` of those chosen each, so that all have about as many cards to hand in.

    The applications that the fewest can judge choose first; of those who can, who has fewest cards comes first. The
    same people and applications always give the same panels.
    """
    barred, held = _barred(applications, experts), cards_in_hand(experts)
    panels = [_asked(line, barred, experts, seats) for line in preview("convene", applications, desk)]
    chosen: dict[int, list[User]] = {}
    able = {panel.application.pk: panel.experts for panel in panels}
    for key in sorted(able, key=lambda pk: len(able[pk])):
        places = {expert.pk: place for place, expert in enumerate(able[key])}
        chosen[key] = sorted(able[key], key=lambda one: (held[one.pk], places[one.pk]))[:seats]
        for expert in chosen[key]:
            held[expert.pk] += 1
    _level(chosen, able, held)
    return [replace(one, experts=_in_order(one.experts, chosen[one.application.pk])) for one in panels]


def _level(
    chosen: Mapping[int, list[User]], able: Mapping[int, Sequence[User]], held: dict[int, int]
) -> None:
    """Let who has more cards give a seat to who has fewer and may judge it too, as long as that makes it more even."""
    while swap := _swap(chosen, able, held):
        panel, more, fewer = swap
        panel[panel.index(more)] = fewer
        held[more.pk] -= 1
        held[fewer.pk] += 1


def _swap(
    chosen: Mapping[int, list[User]], able: Mapping[int, Sequence[User]], held: Mapping[int, int]
) -> tuple[list[User], User, User] | None:
    for key, panel in chosen.items():
        others = [one for one in able[key] if one not in panel]
        for more in panel:
            for fewer in others:
                if held[more.pk] - held[fewer.pk] > 1:
                    return panel, more, fewer
    return None


def _in_order(able: Sequence[User], chosen: Collection[User]) -> list[User]:
    return [one for one in able if one in chosen]


def cards_after(panels: Sequence[Panel], experts: Sequence[User]) -> list[tuple[User, int, int]]:
    """Return how many cards each expert has to hand in now, and will have."""
    held = cards_in_hand(experts)
    new = [expert.pk for panel in panels for expert in panel.experts]
    return [(expert, held[expert.pk], held[expert.pk] + new.count(expert.pk)) for expert in experts]


def barred_from(applications: Sequence[Application], experts: Sequence[User]) -> dict[int, int]:
    """Return by expert from how many of the applications they must keep out."""
    barred = _barred(applications, experts)
    return {one.pk: sum(expert == one.pk for _application, expert in barred) for one in experts}


def conclusions(applications: Sequence[Application], desk: Desk) -> list[Conclusion]:
    """Return what ending the scoring will do; `applications` carry `handed`. Constant queries."""
    missing, open_ones = missing_cards(applications), undiscussed(applications)
    handed: dict[int, int] = {one.pk: getattr(one, "handed", 0) for one in applications}
    return [
        _concluded(line, handed[line.application.pk], missing, open_ones.get(line.application.pk, []))
        for line in preview("conclude", applications, desk)
    ]


def _concluded(line: Line, handed: int, missing: Mapping[int, int], names: Sequence[str]) -> Conclusion:
    why, quorum = line.why, line.application.cycle.quorum
    if not why and handed < quorum:
        why = _("法定%(quorum)d张评分卡，已交%(count)d张。") % {"quorum": quorum, "count": handed}
    if not why and names:
        why = _("%(names)s的评分卡待合议。") % {"names": _("、").join(names)}
    return Conclusion(line, handed, missing[line.application.pk], names, why)


def _barred(applications: Sequence[Application], experts: Collection[User]) -> dict[tuple[int, int], str]:
    """Return what keeps whom out of which. Who has not declared their interests yet declares before they score."""
    found = codes([(one, one.city_id) for one in applications], [expert.pk for expert in experts])
    return {pair: code for pair, code in found.items() if code != "undeclared"}


def _asked(
    line: Line, barred: Mapping[tuple[int, int], str], experts: Sequence[User], seats: int | None = None
) -> Panel:
    """Return the panel of all who may sit on it, and who may not; of nobody where they are fewer than are asked for."""
    key = line.application.pk
    out = [
        _("%(name)s%(reason)s") % {"name": one.name, "reason": words_about(barred[key, one.pk])}
        for one in experts
        if (key, one.pk) in barred
    ]
    able = [one for one in experts if (key, one.pk) not in barred]
    asked = seats or line.application.cycle.quorum
    few = _("要%(asked)d名专家，选定的只有%(count)d名可以评这一件。") % {"asked": asked, "count": len(able)}
    why = line.why or (few if len(able) < asked else "")
    return Panel(line, () if why else able, out, why)
