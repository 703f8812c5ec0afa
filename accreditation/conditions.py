"""What a step of the process needs beyond its state. Each condition answers with everything that is missing."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.completeness import missing
from accreditation.models import Membership, OrganisationUserObjectPermission
from accreditation.permissions import DECISIVE, REVIEW
from accreditation.queries.documents import document_of
from accreditation.queries.judging import panel_result_of, submitted_cards
from accreditation.queries.rubrics import rubric_of
from accreditation.scoring import validate_card
from workflows.models import Event
from workflows.refusals import Problem, Readiness

if TYPE_CHECKING:
    from accreditation.process import ReviewProcess

READY = Readiness()


def reason_given(process: "ReviewProcess") -> Readiness:
    """Every decision needs a written reason (domain rule)."""
    if process.deed.reason.strip():
        return READY
    return Readiness([Problem(_("写明理由。"), field="reason")])


def cycle_open(process: "ReviewProcess") -> Readiness:
    """A cycle takes applications from its opening until its closing; late is refused, not queued."""
    cycle, at = process.subject.cycle, process.deed.at
    if at < cycle.opens_at:
        return Readiness([Problem(_("本批次尚未开始受理。"))])
    if at >= cycle.closes_at:
        return Readiness([Problem(_("本批次已于截止时间停止受理，逾期不予受理。"))])
    return READY


def form_complete(process: "ReviewProcess") -> Readiness:
    """The form holds all that the rubric asks for; the document that was checked is the one that is frozen."""
    process.document = document_of(process.subject)
    gaps = missing(rubric_of(process.subject.cycle), process.document)
    return Readiness([Problem(gap.message, gap.step, gap.field) for gap in gaps])


def panel_able(process: "ReviewProcess") -> Readiness:
    """Enough experts, each of whom may score this application: no own enterprise, no decision at a lower level."""
    application, experts = process.subject, process.deed.facts["experts"]
    ids = [expert.pk for expert in experts]
    seated = set(application.current_cards.values_list("expert_id", flat=True))
    problems = []
    if len(seated | set(ids)) < application.cycle.quorum:
        problems.append(
            Problem(
                _("专家组至少%(quorum)d人，现有%(count)d人。")
                % {"quorum": application.cycle.quorum, "count": len(seated | set(ids))}
            )
        )
    granted = set(
        OrganisationUserObjectPermission.objects.filter(
            user_id__in=ids,
            user__is_active=True,
            permission__codename=REVIEW,
            content_object_id=application.city_id,
        ).values_list("user_id", flat=True)
    )
    related = set(
        Membership.objects.filter(
            Q(organisation_id=application.enterprise_id) | Q(organisation_id=application.union_id),
            user_id__in=ids,
            ended_at=None,
        ).values_list("user_id", flat=True)
    )
    decided = set(
        Event.objects.filter(stream=application.stream, actor_id__in=ids, action__in=DECISIVE)
        .exclude(office_id=application.city_id)
        .values_list("actor_id", flat=True)
    )
    for expert in experts:
        if expert.pk in seated:
            problems.append(Problem(_("%(name)s已在专家组。") % {"name": expert.name}))
        elif expert.pk not in granted:
            problems.append(Problem(_("%(name)s没有市总工会的审核权限。") % {"name": expert.name}))
        elif expert.pk in related:
            problems.append(Problem(_("%(name)s是申报单位的人员，须回避。") % {"name": expert.name}))
        elif expert.pk in decided:
            problems.append(Problem(_("%(name)s已在另一级审核过这一件。") % {"name": expert.name}))
    return Readiness(problems)


def card_complete(process: "ReviewProcess") -> Readiness:
    """Every judged indicator has a mark, and a comment where the mark is low."""
    facts = process.deed.facts
    problems = validate_card(rubric_of(process.subject.cycle), facts["judged"], facts["comments"])
    return Readiness([Problem(problem.message, field=f"mark-{problem.code}") for problem in problems])


def panel_has_quorum(process: "ReviewProcess") -> Readiness:
    """As many cards as the cycle asks for have been submitted on the revision before the panel."""
    quorum, count = process.subject.cycle.quorum, submitted_cards(process.subject).count()
    if count >= quorum:
        return READY
    return Readiness(
        [Problem(_("法定%(quorum)d张评分卡，已交%(count)d张。") % {"quorum": quorum, "count": count})]
    )


def above_the_lines(process: "ReviewProcess") -> Readiness:
    """The panel's result reaches the pass lines of the level applied for."""
    reasons = panel_result_of(process.subject).reasons(process.subject.cycle.level)
    return Readiness([Problem(reason) for reason in reasons])


def notice_running(process: "ReviewProcess") -> Readiness:
    """An objection is filed while the notice runs, its last day included."""
    ends_on = process.subject.notice_ends_on
    if process.subject.state != "public_notice" or timezone.localdate(process.deed.at) <= ends_on:
        return READY
    return Readiness([Problem(_("公示期已满，不再受理异议。"))])


def notice_over(process: "ReviewProcess") -> Readiness:
    """The last day of the notice has passed."""
    if timezone.localdate(process.deed.at) > process.subject.notice_ends_on:
        return READY
    return Readiness([Problem(_("公示期未满。"))])
