"""What a batch will do, one line an application, before anybody signs it.

It says by the rules of lists (a fixed number of queries) what each action asks anew when it is signed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from accreditation import conditions as needs
from accreditation.bars import words
from accreditation.models import Application, Organisation, OrganisationUserObjectPermission, Quota, User
from accreditation.permissions import DECIDE, OFFICE_FIELD, REVIEW, AtLevel, appointments
from accreditation.process import version_of
from accreditation.queries.desk import Desk
from accreditation.queries.interests import codes
from accreditation.queries.standing import results
from accreditation.scoring import PanelResult
from accreditation.services.batch import COPY, HANDS
from accreditation.states import LEVEL_OF, RETURNED, Level, State
from accreditation.versions import process_of, version
from accreditation.work import working
from workflows.held import WAITING
from workflows.models import Task


@dataclass(frozen=True)
class Line:
    """What will happen to one application: `why` it will be refused ("" for not), else where it goes and to whom.

    `place`: which place of the quota it takes, and how many there are. `is_signed_first`: colleagues sign before it
    takes effect.
    """

    application: Application
    work: Task | None = None
    why: str = ""
    target: str = ""
    onward: Organisation | None = None
    place: tuple[int, int] | None = None
    is_signed_first: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether nothing is known that stands in the way."""
        return not self.why


@dataclass(frozen=True)
class _Known:
    """What is read once for all lines."""

    desk: Desk
    works: Mapping[int, Task]
    grants: frozenset[tuple[int, int, str]]
    named: frozenset[tuple[int, int, int]]
    bars: Mapping[tuple[int, int], str]
    results: Mapping[int, PanelResult]
    visited: frozenset[int]
    quotas: Mapping[tuple[int, int], Quota]
    taken: Counter[tuple[int, int]] = field(default_factory=Counter)


def preview(decision: str, applications: Sequence[Application], desk: Desk) -> list[Line]:
    """Return what the decision will do to each application, in their order; the places of a quota are counted along.

    `applications` are read with their cycle, studio and offices, in the scope of whose desk it is.
    """
    known = _read(applications, desk)
    return [_line(decision, application, known) for application in applications]


def _read(applications: Sequence[Application], desk: Desk) -> _Known:
    keys = [application.pk for application in applications]
    people = [desk.user.pk, *(one.principal_id for one in desk.substitutions)]
    kind = ContentType.objects.get_for_model(Application)
    works: dict[int, Task] = {}
    open_works = Task.objects.filter(
        content_type=kind, object_id__in=keys, closed_at=None, kind=Task.Kind.WORK
    )
    for work in open_works.select_related("assignee").order_by("pk"):
        works.setdefault(work.object_id, work)
    held = [(one, getattr(one, _office_field(one.state))) for one in applications if one.state in LEVEL_OF]
    rows = OrganisationUserObjectPermission.objects.filter(
        user_id__in=people, user__is_active=True, content_object_id__in={office for _one, office in held}
    )
    named = appointments().filter(user_id__in=people, content_type=kind, object_id__in=keys)
    quotas = Quota.objects.filter(cycle_id__in={one.cycle_id for one in applications})
    visited = Application.objects.filter(pk__in=keys, site_visits__isnull=False)
    return _Known(
        desk=desk,
        works=works,
        grants=frozenset(rows.values_list("user_id", "content_object_id", "permission__codename")),
        named=frozenset(named.values_list("user_id", "office_id", "object_id")),
        bars=codes(held, people),
        results=results(applications),
        visited=frozenset(visited.values_list("pk", flat=True)),
        quotas={(quota.cycle_id, quota.organisation_id): quota for quota in quotas},
    )


def _office_field(state: str) -> str:
    return OFFICE_FIELD[LEVEL_OF[State(state)]]


def _line(decision: str, application: Application, known: _Known) -> Line:
    line = Line(application, known.works.get(application.pk))
    if decision == COPY:
        return _copied(line, known)
    return _hands(decision, line, known) if decision in HANDS else _decision(decision, line, known)


def _copied(line: Line, known: _Known) -> Line:
    level = LEVEL_OF.get(State(line.application.state))
    if level is None:
        return replace(line, why=_("这一件现在不在审核环节，不能抄送。"))
    who = AtLevel(level, (DECIDE,) if level == Level.CITY else (REVIEW, DECIDE))
    return replace(line, why=_kept_out(line, who, known))


def _hands(decision: str, line: Line, known: _Known) -> Line:
    who = working(line.application.state)
    if who is None or line.work is None:
        return replace(line, why=_("这一件现在没有待办。"))
    hands = known.desk.hands_in(line.work.office_id)
    mine = line.work.assignee_id in hands
    lets_go = decision == "release" and line.work.assignee_id == known.desk.user.pk
    lets_go = lets_go and (line.application.pk, known.desk.user.pk) in known.bars
    if not lets_go and (why := _kept_out(line, who, known)):
        return replace(line, why=why)
    if line.work.assignee is not None and not mine:
        return replace(line, why=_("由%(name)s持有。") % {"name": line.work.assignee.name})
    if decision == "claim":
        return replace(line, why=_("已经在您手中。")) if mine else line
    if not mine:
        return replace(line, why=_("不在您手中。"))
    return replace(line, why=_waiting(line.work, favourable=False))


def _decision(decision: str, line: Line, known: _Known) -> Line:
    application = line.application
    step = version(version_of(application)).steps_from(application.state).get(decision)
    if step is None or application.state == State.OBJECTION:  # objections are ruled on a page of their own
        return replace(line, why=_("现在的环节没有这个决定。"))
    why = _kept_out(line, step.permission.allows, known)
    if not why and step.custom["tasks"] == "own":
        why = _held(line, step, known)
    why = why or _below_the_line(line, step, known)
    if why:
        return replace(line, why=why)
    target = State(step.resolve_precall_target(process_of(application), (), {}))
    signed_first = line.work is not None and line.work.hold == Task.Hold.PLANNED
    line = replace(line, target=target, onward=_onward(application, target), is_signed_first=signed_first)
    return _with_place(line, known) if decision == "recommend" else line


def _kept_out(line: Line, who: AtLevel, known: _Known) -> str:
    """Say why the user, or whoever they stand in for, may not act on it; "" if they may."""
    office = getattr(line.application, OFFICE_FIELD[who.level])
    user, principals = known.desk.user, known.desk.principals_in(office)
    holder = line.work.assignee_id if line.work else None
    own = _refusal(line.application, user, who, office, known)
    if holder in principals:
        return _for_principal(line.application, principals[holder], who, office, known)
    if not own or holder not in {None, user.pk}:
        return own
    others = (_for_principal(line.application, one, who, office, known) for one in principals.values())
    return own if all(others) else ""


def _for_principal(
    application: Application, principal: User, who: AtLevel, office: int, known: _Known
) -> str:
    if why := _refusal(application, principal, who, office, known):
        said = {"name": principal.name, "reason": why}
        return _("%(name)s本人不能办理，您也不能代为办理：%(reason)s") % said
    code = known.bars.get((application.pk, known.desk.user.pk), "")
    return words(code) if code else ""


def _refusal(application: Application, person: User, who: AtLevel, office: int, known: _Known) -> str:
    granted = any((person.pk, office, grant) in known.grants for grant in who.grants)
    if not granted and (person.pk, office, application.pk) not in known.named:
        return _("您没有办理这一环节的权限。")
    code = known.bars.get((application.pk, person.pk), "")
    return words(code) if code else ""


def _held(line: Line, step: Any, known: _Known) -> str:
    work = line.work
    if work is None:
        return ""
    if work.assignee is not None and work.assignee_id not in known.desk.hands_in(work.office_id):
        return _("由%(name)s持有。") % {"name": work.assignee.name}
    return _waiting(work, favourable=step.custom.get("favourable", False))


def _waiting(work: Task, *, favourable: bool) -> str:
    if work.hold in WAITING or (work.hold == Task.Hold.REFUSED and favourable):
        return _("%(hold)s。") % {"hold": work.get_hold_display()}
    return ""


def _below_the_line(line: Line, step: Any, known: _Known) -> str:
    application = line.application
    reasons: list[str] = []
    if needs.above_the_lines in step.conditions and application.pk in known.results:
        reasons += known.results[application.pk].reasons(application.cycle.level)
    if needs.site_visited in step.conditions and application.pk not in known.visited:
        reasons.append(_("还没有考察记录。"))
    return _("；").join(reason.rstrip("。") for reason in reasons) + "。" if reasons else ""


def _onward(application: Application, target: State) -> Organisation | None:
    """Return who has it next: an office, or the applicant; nobody where it ends."""
    if target in RETURNED:
        return application.enterprise
    return application.office_at(LEVEL_OF[target]) if target in LEVEL_OF else None


def _with_place(line: Line, known: _Known) -> Line:
    """Count the place that the recommendation takes; refuse what would go over."""
    application = line.application
    if line.target not in LEVEL_OF or LEVEL_OF[State(line.target)] != Level.CITY:
        return line
    if application.recommended_at is not None:
        return line
    key = application.cycle_id, application.district_id
    quota, before = known.quotas.get(key), known.taken[key]
    if quota is None:
        said = {"office": application.district.name}
        return replace(line, why=_("本批次没有给%(office)s分配名额。") % said)
    if quota.used + before >= quota.places:
        counted = {"places": quota.places, "used": quota.used, "before": before}
        over = _("名额%(places)d，已推荐%(used)d，本次在前面的%(before)d件，再推荐1件将超出1件。")
        return replace(line, why=over % counted)
    known.taken[key] += 1
    return replace(line, place=(quota.used + before + 1, quota.places))
