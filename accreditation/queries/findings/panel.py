"""Scores far from the panel's, by the same limits by which the panel has to discuss them."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.disagreement import Apart, Limits, apart
from accreditation.figures import plain
from accreditation.form_steps import step_title
from accreditation.models import Scorecard
from accreditation.queries.findings.batch import Batch
from accreditation.queries.findings.rule import Found, Rule, Telling
from accreditation.queries.standing import rubrics_of, written_total
from accreditation.rubric import Rubric
from workflows.models import Event


def look(batch: Batch) -> Iterator[Found]:
    """Yield each card that lies far from the others when the scoring is ended."""
    ended = batch.acts("conclude")
    if not ended:
        return
    rubrics = rubrics_of([batch.applications[one.stream] for one in ended])
    hashes = {sha256 for one in ended for sha256 in one.facts.get("scorecards", ())}
    rows = Scorecard.objects.filter(sha256__in=hashes).only(
        "sha256", "document", "expert_id", "application_id"
    )
    cards = {card.sha256: card for card in rows}
    discussions = _discussions(batch, ended)
    for one in ended:
        application = batch.applications[one.stream]
        own = [cards[sha256] for sha256 in one.facts.get("scorecards", ()) if sha256 in cards]
        spoken_of = [note for note in discussions if note.stream == one.stream]
        for card, distance in _far(rubrics[application.pk], own):
            yield Found(
                key=card.sha256,
                event=one,
                office=application.city_id,
                person=card.expert_id,
                application=application,
                cycle=application.cycle_id,
                others=(
                    notes := [note for note in spoken_of if card.sha256 in note.facts.get("scorecards", ())]
                ),
                facts=_figures(card, distance, len(own)) | {"discussed": bool(notes)},
            )


def _far(rubric: Rubric, cards: Sequence[Scorecard]) -> Iterator[tuple[Scorecard, Apart]]:
    limits = Limits(settings.DISCUSS_TOTAL, settings.DISCUSS_PERCENT)
    totals = [written_total(rubric, json.loads(card.document)) for card in cards]
    for card, distance in zip(cards, apart(totals, limits), strict=True):
        if distance.is_far:
            yield card, distance


def _discussions(batch: Batch, ended: Sequence[Event]) -> list[Event]:
    """Return the discussions of cards before these ends of scorings. One query."""
    return list(Event.objects.filter(stream__in=[one.stream for one in ended], action="discuss"))


def _figures(card: Scorecard, distance: Apart, cards: int) -> dict[str, object]:
    return {
        "total": str(json.loads(card.document)["total"]),
        "by": plain(distance.by),
        "is_total_far": distance.is_total_far,
        "goods": [{"code": one.good.code, "by": plain(one.by)} for one in distance.goods],
        "cards": cards,
    }


def _headline(telling: Telling) -> str:
    by = Decimal(telling.facts["by"])
    if not telling.facts["is_total_far"]:
        goods = _("、").join(step_title(one["code"]) for one in telling.facts["goods"])
        return _("评分在“%(goods)s”上与其他专家相差较大") % {"goods": goods}
    if by < 0:
        return _("评分比其他专家低%(points)s分") % {"points": plain(-by)}
    return _("评分比其他专家高%(points)s分") % {"points": plain(by)}


def _reason(telling: Telling) -> str:
    said = telling.said | {"by": _points(telling.facts["by"])}
    text = _("%(person)s给%(total)s分，比其余各卡的中位数%(by)s，共%(cards)d张评分卡。") % said
    goods = [
        _("“%(good)s”%(by)s") % {"good": step_title(one["code"]), "by": _points(one["by"])}
        for one in telling.facts["goods"]
    ]
    if goods:
        text += _("相差较大的：%(goods)s。") % {"goods": _("、").join(goods)}
    if telling.facts["discussed"]:
        text += _("结束评分前已经合议。")
    return text


def _points(by: str) -> str:
    points = Decimal(by)
    said = {"points": plain(abs(points))}
    return _("低%(points)s分") % said if points < 0 else _("高%(points)s分") % said


FAR = Rule(
    code="far_score",
    name=gettext_lazy("评分与其他专家相差较大"),
    actions=frozenset({"conclude"}),
    look=look,
    looks_for=lambda: (
        _(
            "结束评分时，一张评分卡的总分与其余各卡的中位数相差%(total)s分以上，或者五好中某一好相差满分的"
            "%(percent)s%%以上。与评分时“待合议”的界限相同。"
        )
        % {"total": plain(settings.DISCUSS_TOTAL), "percent": plain(settings.DISCUSS_PERCENT)}
    ),
    harmless=gettext_lazy(
        "专家各自评分，看法不同本属正常；合议意见可能已说明原因。只有两张卡时，两张都会列出。"
    ),
    headline=_headline,
    reason=_reason,
)
