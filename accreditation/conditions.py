"""What a step of the process needs beyond its state. Each condition answers with everything that is missing."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.bars import words_about
from accreditation.completeness import missing
from accreditation.queries.documents import document_of
from accreditation.queries.interests import codes_of
from accreditation.queries.judging import discussion_of, panel_result_of, submitted_cards
from accreditation.queries.panel import reviewers_of, sitting
from accreditation.queries.recall import act_since, mended_since
from accreditation.queries.rubrics import rubric_of_application
from accreditation.scoring import validate_card
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
    gaps = missing(rubric_of_application(process.subject), process.document)
    return Readiness([Problem(gap.message, gap.step, gap.field) for gap in gaps])


def nobody_acted_since(process: "ReviewProcess") -> Readiness:
    """Nobody has acted since the decision that is taken back; a reminder or a copy is no act."""
    application = process.subject
    decision = process.last_decision()
    act = act_since(application, decision)
    if act is not None:
        said = {"office": getattr(act.office, "name", ""), "name": getattr(act.actor, "name", "")}
        return Readiness([Problem(_("%(office)s%(name)s已经开始办理，不能拿回。") % said)])
    if mended_since(application, decision):
        return Readiness([Problem(_("申报单位已经开始补正，不能拿回。"))])
    return READY


def panel_able(process: "ReviewProcess") -> Readiness:
    """Enough experts, each of whom may score this application once they have declared their interests."""
    application, experts = process.subject, process.deed.facts["experts"]
    ids = [expert.pk for expert in experts]
    seated = set(sitting(application).values_list("expert_id", flat=True))
    problems = []
    if len(seated | set(ids)) < application.cycle.quorum:
        problems.append(
            Problem(
                _("专家组至少%(quorum)d人，现有%(count)d人。")
                % {"quorum": application.cycle.quorum, "count": len(seated | set(ids))}
            )
        )
    granted = set(reviewers_of(application.city).filter(pk__in=ids).values_list("pk", flat=True))
    barred = codes_of(application, application.city_id, ids)
    for expert in experts:
        bar = barred.get(expert.pk, "undeclared")
        if expert.pk in seated:
            problems.append(Problem(_("%(name)s已在专家组。") % {"name": expert.name}))
        elif expert.pk not in granted:
            problems.append(Problem(_("%(name)s没有市总工会的审核权限。") % {"name": expert.name}))
        elif bar != "undeclared":
            said = {"name": expert.name, "reason": words_about(bar)}
            problems.append(Problem(_("%(name)s%(reason)s。") % said))
    return Readiness(problems)


def card_complete(process: "ReviewProcess") -> Readiness:
    """Every judged indicator has a mark, and a comment where the mark is low."""
    facts = process.deed.facts
    problems = validate_card(rubric_of_application(process.subject), facts["judged"], facts["comments"])
    return Readiness([Problem(problem.message, field=f"mark-{problem.code}") for problem in problems])


def panel_has_quorum(process: "ReviewProcess") -> Readiness:
    """As many cards as the cycle asks for have been submitted on the revision before the panel."""
    quorum, count = process.subject.cycle.quorum, submitted_cards(process.subject).count()
    if count >= quorum:
        return READY
    return Readiness(
        [Problem(_("法定%(quorum)d张评分卡，已交%(count)d张。") % {"quorum": quorum, "count": count})]
    )


def cards_discussed(process: "ReviewProcess") -> Readiness:
    """Every card that lies far from the others was discussed, and what was found is written down."""
    waiting = discussion_of(process.subject).waiting
    if not waiting:
        return READY
    names = _("、").join(one.card.expert.name for one in waiting)
    message = _("%(names)s的评分卡与其他专家相差较大，写明合议意见后再结束评分。") % {"names": names}
    return Readiness([Problem(message, field="finding")])


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


def site_visited(process: "ReviewProcess") -> Readiness:
    """The site has been visited, and what was found is recorded."""
    if process.subject.site_visits.exists():
        return READY
    return Readiness([Problem(_("还没有考察记录，先记录实地考察。"))])
