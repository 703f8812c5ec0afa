"""What an application still lacks before it can be submitted, step by step, and how far each step has come.

A failing gate does not stop an application from being submitted: the applicant is warned by the
self-assessment and the reviewers decide. What is listed here does stop it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accreditation import facts
from accreditation.evidence_kinds import EVIDENCE_KINDS, evidence_label
from accreditation.facts import Document
from accreditation.form_steps import REQUIRED, ROWS, STEP_CONTENTS, STEPS, step_title
from accreditation.rubric_types import Rubric

__all__ = [
    "EVIDENCE_KINDS",
    "STEPS",
    "Missing",
    "StepProgress",
    "evidence_label",
    "missing",
    "progress",
    "step_title",
]


@dataclass(frozen=True)
class Missing:
    """One thing that must be filled in: the step, the HTML id of its field, and what to do."""

    step: str
    field: str
    detail: str

    @property
    def message(self) -> str:
        """The whole sentence: "定好创新课题：没有填写课题"."""
        return _("%(step)s：%(detail)s") % {"step": step_title(self.step), "detail": self.detail}


@dataclass(frozen=True)
class StepProgress:
    """How far a step has come: "done", "part" or "todo", with a line on what it holds."""

    step: str
    title: str
    status: str
    summary: str


def missing(rubric: Rubric, document: Document) -> list[Missing]:
    """Everything that must be added before submitting, in the order of the steps; empty if complete."""
    return [
        Missing(step, field, detail)
        for step in STEPS
        for field, detail in (
            *_required(step, document),
            *_by_step(step, rubric, document),
            *_begun_rows(step, document),
            *_evidence(step, rubric, document),
        )
    ]


def progress(rubric: Rubric, document: Document) -> dict[str, StepProgress]:
    """How far each step has come, in the order of the steps."""
    lacking = {entry.step for entry in missing(rubric, document)}
    return {step: _progress_of(step, step in lacking, rubric, document) for step in STEPS}


def _progress_of(step: str, lacks: bool, rubric: Rubric, document: Document) -> StepProgress:
    begun = facts.filled(_contents(step, document)) or bool(_evidence_of(step, document))
    status = "done" if not lacks else "part" if begun else "todo"
    summary = _summary(step, rubric, document) if begun else ""
    return StepProgress(step, step_title(step), status, summary or str(STEP_CONTENTS[step]))


GIVEN = {"enterprise": {"name", "union"}, "studio": {"name"}, "leader": {"name"}}
"""What stands in a new draft already; nobody has begun the step by that."""


def _contents(step: str, document: Document) -> list[Any]:
    part = facts.section(document, step)
    contents: list[Any] = [{key: value for key, value in part.items() if key not in GIVEN.get(step, ())}]
    if step == "studio":
        contents.append(document.get("namings"))
    if step == "leader":
        contents.append(document.get("narrative"))
    return contents


def _required(step: str, document: Document) -> Iterator[tuple[str, str]]:
    part = facts.section(document, step)
    for field, detail in REQUIRED.get(step, {}).items():
        if not facts.filled(part.get(field)):
            yield f"id_{field}", str(detail)


def _by_step(step: str, rubric: Rubric, document: Document) -> Iterator[tuple[str, str]]:
    """What a step needs beyond single fields."""
    part, needs = facts.section(document, step), rubric.requirements
    if step == "studio":
        yield from _studio_name(rubric, document)
    elif step == "leader":
        yield from _leader(part, document)
    elif step == "team" and (have := len(facts.members(document))) < needs.members:
        said = {"need": needs.members, "have": have}
        yield "members", _("除领军人物外至少%(need)d名成员，现有%(have)d名") % said
    elif step == "functions" and not facts.rows(part, "trainings"):
        yield "trainings", _("没有填写培训或交流")
    elif step == "topics":
        yield from _at_least(
            part, "topics", needs.topics, _("没有填写课题"), _("至少%(need)d项课题，现有%(have)d项")
        )
    elif step == "mechanism":
        yield from _at_least(
            part, "rules", needs.rules, _("没有填写制度"), _("至少%(need)d项制度，现有%(have)d项")
        )


def _studio_name(rubric: Rubric, document: Document) -> Iterator[tuple[str, str]]:
    """The name of a studio is its leader's name and a title that the rubric allows (domain rule)."""
    name = facts.text(facts.section(document, "studio"), "name")
    leader = facts.text(facts.section(document, "leader"), "name")
    allowed = [leader + suffix for suffix in rubric.requirements.studio_suffixes]
    if name and leader and name not in allowed:
        yield (
            "id_name",
            _("名称由领军人物姓名加“%(suffix)s”组成") % {"suffix": rubric.requirements.studio_suffixes[0]},
        )


def _leader(part: Mapping[str, Any], document: Document) -> Iterator[tuple[str, str]]:
    if not (facts.text(part, "title") or facts.text(part, "skill_grade")):
        yield "id_skill_grade", _("填写职称或技能等级")
    if part.get("in_service") is None:
        yield "id_in_service", _("选择是否在职")
    if not facts.rows(part, "honours"):
        yield "honours", _("没有填写荣誉")
    if not facts.text(document, "narrative"):
        yield "id_narrative", _("填写事迹")


def _at_least(
    part: Mapping[str, Any], key: str, need: int, none: str, too_few: str
) -> Iterator[tuple[str, str]]:
    have = len(facts.rows(part, key))
    if have < need:
        yield key, too_few % {"need": need, "have": have} if have else none


def _begun_rows(step: str, document: Document) -> Iterator[tuple[str, str]]:
    part = facts.section(document, step)
    for key, (sentence, fields) in ROWS.get(step, {}).items():
        for place, row in enumerate(part.get(key) or []):
            for field, detail in fields.items():
                if facts.filled(row) and not facts.filled(row.get(field)):
                    said = {"number": place + 1, "detail": detail}
                    yield f"id_{key}-{place}-{field}", str(sentence) % said


def _evidence(step: str, rubric: Rubric, document: Document) -> Iterator[tuple[str, str]]:
    kinds = {row.get("kind") for row in _evidence_of(step, document)}
    for need in rubric.requirements.evidence:
        if need.good == step and kinds.isdisjoint(need.any_of):
            named = _("或").join(evidence_label(kind) for kind in need.any_of)
            yield f"evidence-{need.any_of[0]}", _("没有%(evidence)s") % {"evidence": named}


def _evidence_of(step: str, document: Document) -> list[Mapping[str, Any]]:
    return [row for row in document.get("evidence") or [] if row.get("good") == step]


def _summary(step: str, rubric: Rubric, document: Document) -> str:
    """One line on what a good holds: "成员1人，至少3人"; "荣誉1项，附件2件"."""
    part, files = facts.section(document, step), len(_evidence_of(step, document))
    counts = []
    if step == "leader":
        counts.append(_("荣誉%(count)d项") % {"count": len(facts.rows(part, "honours"))})
    elif step == "team":
        counts.append(_("成员%(count)d人") % {"count": len(facts.members(document))})
        if len(facts.members(document)) < rubric.requirements.members:
            counts.append(_("至少%(count)d人") % {"count": rubric.requirements.members})
    elif step == "functions":
        counts.append(_("培训与交流%(count)s次") % {"count": facts.counted(facts.rows(part, "trainings"))})
    elif step == "topics":
        counts.append(_("课题%(count)s项") % {"count": facts.counted(facts.rows(part, "topics"))})
    elif step == "mechanism":
        counts.append(_("制度%(count)d项") % {"count": len(facts.rows(part, "rules"))})
    if files:
        counts.append(_("附件%(count)d件") % {"count": files})
    return _("，").join(counts)
