"""代理: while a member of an office is away, another one acts for them there."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import Organisation, User
from accreditation.permissions import MANAGE, may_manage
from accreditation.queries.substitutions import current_member, may_be_stood_in
from workflows import persons
from workflows.models import Substitution
from workflows.refusals import NotPermitted, NotReady, Problem
from workflows.working_days import SHANGHAI, end_of_day


def substitute(
    office: Organisation,
    *,
    principal: User,
    substitute: User,
    starts_on: date,
    ends_on: date,
    by: User,
    at: datetime,
    note: str = "",
) -> Substitution:
    """Let one member act for another in their office from one day to another, both whole, in Shanghai.

    Principals do it for themselves, the office's managers for everybody. Raises NotPermitted, NotReady.
    """
    with transaction.atomic():
        locked = _locked(office.pk)
        role = _role(locked, principal, by)
        problems = _problems(locked, principal, substitute)
        problems += _impossible_days(starts_on, ends_on, today=at.astimezone(SHANGHAI).date())
        if problems:
            raise NotReady(problems)
        return persons.substitute(
            locked,
            principal=principal,
            substitute=substitute,
            starts_at=datetime.combine(starts_on, time.min, SHANGHAI),
            ends_at=end_of_day(ends_on),
            by=by,
            at=at,
            role=role,
            note=note,
        )


def end_substitution(substitution: Substitution, *, by: User, at: datetime) -> None:
    """End a substitution before its time, or before it has begun: whoever it concerns, or the office's managers.

    Raises NotPermitted, WrongState when it is over.
    """
    with transaction.atomic():
        locked = _locked(substitution.office_id)
        now = Substitution.objects.select_related("principal", "substitute").get(pk=substitution.pk)
        concerned = by.is_active and by.pk in {now.principal_id, now.substitute_id}
        role = "" if concerned else _manager(locked, by)
        persons.end_substitution(now, locked, by=by, at=at, role=role)


def _locked(office: int) -> Organisation:
    # Events of the office refer to this row: they do not wait for this lock.
    return Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=office)


def _role(office: Organisation, principal: User, by: User) -> str:
    own = by.pk == principal.pk and current_member(office, by)
    return "" if own else _manager(office, by)


def _manager(office: Organisation, by: User) -> str:
    if not may_manage(by, office):
        raise NotPermitted(_("只有本人和本组织的管理人可以设置代理。"))
    return MANAGE


def _problems(office: Organisation, principal: User, substitute: User) -> list[Problem]:
    problems = []
    if not may_be_stood_in(office, principal):
        said = _("%(name)s在本会没有可以代理的权限；评分卡由专家本人填写，不能代理。")
        problems.append(Problem(said % {"name": principal.name}, field="principal"))
    if substitute.pk == principal.pk:
        problems.append(Problem(_("代理人不能是本人，选另一位成员。"), field="substitute"))
    elif not current_member(office, substitute):
        said = _("%(name)s不是本组织的成员。")
        problems.append(Problem(said % {"name": substitute.name}, field="substitute"))
    return problems


def _impossible_days(starts_on: date, ends_on: date, *, today: date) -> list[Problem]:
    problems = []
    if starts_on < today:
        problems.append(Problem(_("从今天或以后的日期开始。"), field="starts_on"))
    if ends_on < starts_on:
        problems.append(Problem(_("结束日期不早于开始日期。"), field="ends_on"))
    return problems
