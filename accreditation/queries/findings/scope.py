"""Whose findings somebody sees, and which of them they may examine."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accreditation.models import Finding, Organisation, OrganisationUserObjectPermission, Scorecard, User
from accreditation.permissions import AUDIT, YES
from accreditation.queries.archive import auditing
from accreditation.queries.findings.panel import FAR
from accreditation.scope import Office
from accreditation.states import Level
from workflows.refusals import Verdict

MANY = 99
"""More open findings than this are not counted for the navigation."""


def findings_for(user: User, offices: Sequence[Office]) -> QuerySet[Finding]:
    """Return the findings in the branches that the user audits with these offices.

    Their applications are in the archive of the same branches: a body that acts on one stands above its enterprise.
    Who has a card to give on an application is not told what others scored there, as on its timeline.
    """
    branches = [_branch(office.organisation) for office in auditing(offices)]
    if not branches:
        return Finding.objects.none()
    alone = Scorecard.objects.filter(expert=user, submitted_at=None).values("application")
    return Finding.objects.filter(reduce(or_, branches)).exclude(rule=FAR.code, application__in=alone)


def _branch(organisation: Organisation) -> Q:
    """A branch is looked up by its bodies, of which there are few; the city's, nearly all there is, row by row."""
    if organisation.level == Level.CITY:
        return Q(office__path__startswith=organisation.path)
    return Q(office__in=Organisation.objects.filter(path__startswith=organisation.path).values("pk"))


def waiting(user: User, offices: Sequence[Office]) -> int:
    """Return how many of them wait to be examined, at most one more than `MANY`. One query."""
    if not auditing(offices):
        return 0
    return findings_for(user, offices).filter(examined_at=None).order_by()[: MANY + 1].count()


def may_examine(finding: Finding, user: User) -> Verdict:
    """An auditor of the branch, whom the finding does not concern."""
    held = OrganisationUserObjectPermission.objects.filter(
        user=user, user__is_active=True, permission__codename=AUDIT
    )
    paths = held.values_list("content_object__path", flat=True)
    if not any(finding.office.path.startswith(path) for path in paths):
        return Verdict(False, _("只有审计这一组织的审计员可以核查。"), "grant")
    if concerns(finding, user):
        return Verdict(False, _("这一条涉及您本人，由其他审计员核查。"), "concerned")
    return YES


def concerns(finding: Finding, user: User) -> bool:
    """Return whether the finding is about what the user did, or had done to them."""
    people = finding.facts.get("people", ())
    return finding.person_id == user.pk or str(user.public_id) in people


def auditors_of(office: Organisation) -> QuerySet[User]:
    """Return who audits a body, in it or in one above it."""
    above = [code for code in office.path.split("/") if code]
    held = OrganisationUserObjectPermission.objects.filter(
        permission__codename=AUDIT, content_object__code__in=above
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")
