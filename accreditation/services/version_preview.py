"""What moving applications to other versions would change, application by application. Nothing is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.completeness import missing
from accreditation.models import Application, Rubric
from accreditation.process import version_of
from accreditation.queries.rubrics import parsed
from accreditation.queries.versions import Cards, cards_of, current_documents, tasks_of
from accreditation.services.versions import Target, against
from accreditation.states import RETURNED, State
from accreditation.versions import Version, need_words, version
from workflows.models import Task

RESUMES = {
    State.RETURNED_BY_ENTERPRISE: State.ENTERPRISE_REVIEW,
    State.RETURNED_BY_DISTRICT: State.DISTRICT_REVIEW,
    State.RETURNED_BY_CITY: State.CITY_INTAKE,
}


@dataclass(frozen=True)
class Change:
    """What a move would do to one application. `state` is its counterpart; `refusals` say why it stays as it is."""

    application: Application
    process: str
    rubric: Rubric | None
    state: str | None
    tasks: Sequence[Task]
    follows: Sequence[str]
    refusals: Sequence[str]

    @property
    def process_before(self) -> str:
        """Return the process that it follows now."""
        return version_of(self.application)

    @property
    def changes_process(self) -> bool:
        """Whether it would follow another process."""
        return self.process != self.process_before

    @property
    def changes_rubric(self) -> bool:
        """Whether it would be judged by another rubric."""
        return self.rubric is not None and self.rubric.pk != self.application.rubric_id


def preview(applications: Sequence[Application], target: Target) -> list[Change]:
    """Return what the move would do to each. A constant number of queries."""
    cards, tasks = cards_of(applications), tasks_of(applications)
    returned = [one for one in applications if one.state in RETURNED and target.rubric]
    documents = current_documents(returned) if returned else {}
    gaps = {
        pk: len(missing(parsed(target.rubric.document), document))
        for pk, document in documents.items()
        if target.rubric
    }
    return [
        _change(one, target, cards[one.pk], tasks.get(one.pk, []), gaps.get(one.pk, 0))
        for one in applications
    ]


def _change(
    application: Application, target: Target, cards: Cards, tasks: Sequence[Task], gaps: int
) -> Change:
    process, rubric = target.process_for(application), target.rubric_for(application)
    refusals = [one.reason for one in against(application, target, handed_in=cards.handed_in)]
    now, then = version(version_of(application)), version(process)
    follows = list(_other_steps(application.state, now, then)) if not refusals else []
    if not refusals and rubric is not None and rubric.pk != application.rubric_id:
        follows += _by_the_rubric(cards, gaps)
    return Change(application, process, rubric, then.counterpart(application.state), tasks, follows, refusals)


def _by_the_rubric(cards: Cards, gaps: int) -> Iterator[str]:
    if cards.open:
        yield ngettext(
            "%(count)d张未交的评分卡按新标准评，已填的分数须核对。",
            "%(count)d张未交的评分卡按新标准评，已填的分数须核对。",
            cards.open,
        ) % {"count": cards.open}
    if gaps:
        yield ngettext(
            "按新标准，申报表还缺%(count)d项，重新提交时须补齐。",
            "按新标准，申报表还缺%(count)d项，重新提交时须补齐。",
            gaps,
        ) % {"count": gaps}


def _other_steps(state: str, now: Version, then: Version) -> Iterator[str]:
    """Say which steps and conditions are new or gone, those of the states still ahead first."""
    order = list(State)
    here = order.index(RESUMES.get(State(state), State(state)))
    ahead = [one for one in order if one not in RETURNED and order.index(one) >= here]
    behind = [one for one in order if one not in RETURNED and order.index(one) < here]
    for one in (state, *(other for other in ahead if other != state)):
        yield from _differences(one, now, then)
    for one in behind:
        for said in _differences(one, now, then):
            yield _("退回重新办理时：%(change)s") % {"change": said}


def _differences(state: str, now: Version, then: Version) -> Iterator[str]:
    before, after = now.steps_from(state), then.steps_from(state)
    for name in [*before, *(name for name in after if name not in before)]:
        step = after.get(name) or before[name]
        said = {"state": State(state).label, "step": step.label}
        if name not in after:
            yield _("“%(state)s”不再有“%(step)s”。") % said
            continue
        if name not in before:
            yield _("“%(state)s”新增“%(step)s”。") % said
        old = before[name].conditions if name in before else []
        for need in after[name].conditions:
            if need not in old:
                yield _("“%(step)s”新增条件：%(need)s。") % (said | {"need": need_words(need)})
        for need in old:
            if need not in after[name].conditions:
                yield _("“%(step)s”不再要求：%(need)s。") % (said | {"need": need_words(need)})
