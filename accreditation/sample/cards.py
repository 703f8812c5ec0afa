"""The experts' scorecards of the sample: marks in the order of the rubric, each with a comment."""

from dataclasses import dataclass
from decimal import Decimal

from accreditation.rubric import Rubric

COMMENTS = {
    "leader.skill": "等级与工种相称",
    "leader.results": "本人主导的成果清楚",
    "team.mix": "工种、年龄有搭配",
    "team.pairs": "师徒协议在，成效可查",
    "functions.written": "职能成文并公布",
    "functions.site": "场地、设备在用",
    "topics.patents": "专利、获奖有证",
    "topics.benefit": "转化有说明，效益有证明",
    "mechanism.rules": "制度成文，能看到执行",
    "mechanism.budget": "经费有专列",
    "mechanism.ledger": "台账连续",
    "mechanism.plan": "计划与总结相符",
}
WRITTEN = {
    # Of 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 4, 4 points.
    "full": "4 4 4.5 4.5 5 5 5 5.5 5.5 5.5 3.5 4",
    "high": "3.5 4 4.5 4 4.5 4.5 5.5 5.5 5 5 3.5 3.5",
    "good": "3.5 3.5 4 4 4.5 4.5 5 5 5 5 3.5 3",
    "fair": "3.5 3.5 4 4 4 4.5 5 5 5 4.5 3 3",
    "strict": "3 3.5 4 3.5 4 4 4.5 5 4.5 4.5 3 3",
    "apart": "3.5 4 4.5 4 2 2 5.5 5.5 5 5 3.5 3.5",
}


@dataclass(frozen=True)
class Card:
    """What an expert gives, by indicator."""

    judged: dict[str, Decimal]
    comments: dict[str, str]


def card(name: str, rubric: Rubric, only: int | None = None) -> Card:
    """Return the card of this name; with `only`, one that is filled in no further than so many indicators."""
    codes = [indicator.code for indicator in rubric.judged][:only]
    points = [Decimal(written) for written in WRITTEN[name].split()]
    judged = dict(zip(codes, points, strict=False))
    return Card(judged, {code: COMMENTS[code] + "（示例）" for code in codes})
