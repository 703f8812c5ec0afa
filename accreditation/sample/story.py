"""What happens in the sample: who takes which step how many working days before it is loaded, at what time.

Every reason is sample text. The states at the end: 米钰林 and 周亚平 named, 张毅 on public notice, 张永忠 before the
panel, 王金山 returned once and resubmitted, 庞宇来 a draft; of the sample enterprises one rejected, one withdrawn, and
one waiting at each level. What there is for an auditor to look at: a card far from the others, a decision within a
minute, one taken back and turned round, a grant of an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One thing that somebody does: `day` working days before today at `clock`; `verb` names a method of Players."""

    day: int
    clock: str
    verb: str
    by: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """An application: the enterprise, the leader, the form, and its steps."""

    enterprise: str
    leader: str
    form: str
    steps: tuple[Step, ...]


def _reason(text: str, **more: Any) -> dict[str, Any]:
    return {"reason": f"{text}（示例）", **more}


def _begun(by: str, start: int, submit: int) -> tuple[Step, ...]:
    """A form filled in over two days and submitted."""
    return (
        Step(start, "09:20", "start", by),
        Step(start - 1, "14:05", "fill", by),
        Step(submit, "10:32", "submit", by),
    )


def _recommended(union: tuple[str, int], district: tuple[str, int]) -> tuple[Step, ...]:
    """The two levels, each with its person and day."""
    enterprise_reason = _reason("人员、材料已核实，单位内部公示5个工作日无异议，同意推荐")
    district_reason = _reason("符合市级申报条件，材料齐全，在名额之内，同意推荐")
    return (
        Step(union[1] + 1, "09:10", "claim", union[0]),
        Step(union[1], "15:06", "recommend", union[0], enterprise_reason),
        Step(district[1] + 1, "09:40", "claim", district[0]),
        Step(district[1], "11:28", "recommend", district[0], district_reason),
    )


def _scored(convened: int, cards: Mapping[str, str], discussed: str = "") -> tuple[Step, ...]:
    """The panel: convened, a card a day, concluded the day after the last, when those far apart were discussed."""
    scored = tuple(
        Step(convened - 1 - place, f"{14 + place % 3}:{11 + 7 * place:02}", "score", expert, {"name": name})
        for place, (expert, name) in enumerate(cards.items())
    )
    last = convened - 2 - len(scored)
    return (
        Step(convened, "10:15", "convene", "chenliyan"),
        *scored,
        *(
            [Step(last, "09:10", "discuss", "chenliyan", {"finding": f"{discussed}（示例）"})]
            if discussed
            else ()
        ),
        Step(last, "09:35", "conclude", "chenliyan"),
    )


def _approved(day: int) -> tuple[Step, ...]:
    return (Step(day, "16:20", "approve", "chenliyan", _reason("总分和五好均达标，列入拟公示名单")),)


PANEL_A = {"hanmin": "full", "luojian": "high", "zhounan": "good", "xuwen": "high", "tangli": "fair"}
PANEL_B = {"hanmin": "high", "luojian": "good", "zhounan": "full", "xuwen": "fair", "tangli": "apart"}
PANEL_C = {"hanmin": "good", "luojian": "fair", "zhounan": "strict", "xuwen": "fair", "tangli": "good"}

FOLLOWED = "米钰林"
"""Whose way is told, step by step, while the sample is loaded."""
WAYS = (
    Way(
        "HG-CW-1",
        "米钰林",
        "miyulin",
        (
            *_begun("liuyang", 92, 88),
            *_recommended(("caimin", 84), ("pengwei", 78)),
            *_scored(74, PANEL_A),
            *_approved(63),
        ),
    ),
    Way(
        "CG-ZB-1",
        "周亚平",
        "zhouyaping",
        (
            *_begun("xiefang", 91, 87),
            *_recommended(("dingyu", 83), ("jiangtao", 77)),
            *_scored(73, PANEL_B, "唐立只看了照片，其他专家去过现场，各自保留评分"),
            *_approved(62),
        ),
    ),
    Way(
        "NA-GD-1",
        "张毅",
        "zhangyi",
        (
            *_begun("zhaomin", 60, 55),
            *_recommended(("fuhao", 50), ("dengchuan", 42)),
            *_scored(36, PANEL_A),
            *_approved(6),
        ),
    ),
    Way(
        "CA-YZ-1",
        "张永忠",
        "zhangyongzhong",
        (
            *_begun("sunyue", 40, 34),
            *_recommended(("gaojie", 28), ("yuqian", 20)),
            Step(9, "10:15", "convene", "chenliyan"),
            Step(6, "14:22", "score", "hanmin", {"name": "high"}),
            Step(4, "15:40", "score", "xuwen", {"name": "good"}),
            Step(3, "16:02", "save_card", "zhounan", {"name": "fair", "only": 7}),
        ),
    ),
    Way(
        "YB-JS-1",
        "王金山",
        "wangjinshan",
        (
            *_begun("wangqian", 30, 26),
            Step(23, "09:10", "claim", "huangkai"),
            Step(22, "15:06", "recommend", "huangkai", _reason("人员、材料已核实，同意推荐")),
            Step(16, "09:25", "claim", "heqiu"),
            Step(
                14,
                "16:48",
                "send_back",
                "heqiu",
                _reason(
                    "立项书只有封面，请补立项批复；附件缺成立文件，请补",
                    fields=["functions.evidence-founding", "topics.evidence-registration"],
                ),
            ),
            Step(8, "10:05", "mend", "wangqian"),
            Step(4, "16:30", "resubmit", "wangqian"),
        ),
    ),
    Way(
        "NA-YQ-1",
        "李秀兰",
        "example",
        (
            Step(70, "09:20", "start", "tianye"),
            Step(69, "14:05", "fill", "tianye"),
            Step(
                69,
                "15:10",
                "change",
                "tianye",
                {"step": "studio", "fields": {"founded": "{-1}-06"}, "namings": []},
            ),
            Step(66, "10:32", "submit", "tianye"),
            Step(63, "15:06", "recommend", "linfang", _reason("材料属实，同意推荐")),
            Step(
                57, "11:28", "reject", "dengchuan", _reason("运行不满3年，也没有下一级命名，不符合市级条件")
            ),
        ),
    ),
    Way(
        "YB-HX-1",
        "孙志远",
        "example",
        (
            *_begun("xiaoning", 50, 47),
            Step(44, "09:15", "withdraw", "xiaoning", _reason("工作室场地将搬迁，明年再申报")),
        ),
    ),
    Way("YB-HX-2", "陈志强", "example", _begun("fanyu", 7, 3)),
    Way(
        "NA-YQ-2",
        "吴秀英",
        "example",
        (
            *_begun("baixue", 32, 29),
            *_recommended(("linfang", 24), ("dengchuan", 5)),
            Step(6, "10:20", "send_back", "dengchuan", _reason("效益证明没有财务盖章，请补", fields=[])),
            Step(6, "14:05", "recall", "dengchuan", _reason("盖章页在附件末页，先前没有看到")),
        ),
    ),
    Way(
        "NA-YQ-3",
        "周立新",
        "example",
        (
            *_begun("luping", 45, 43),
            Step(38, "15:05:19", "claim", "linfang"),
            *_recommended(("linfang", 38), ("dengchuan", 31))[1:],
            *_scored(15, PANEL_C),
        ),
    ),
    Way("HG-QK-1", "庞宇来", "pangyulai", _begun("mali", 12, 10)[:2]),
)

CONTACT = "重庆市总工会劳模工作部，电话023-00000000（示例）"
TOGETHER = (
    Step(
        58,
        "09:00",
        "publish",
        "chenliyan",
        {
            "leaders": ("米钰林", "周亚平"),
            "title": "{0}年度市级劳模创新工作室拟命名名单公示（第一批）",
            "contact": CONTACT,
        },
    ),
    Step(52, "00:05", "end_notices"),
    Step(
        47,
        "10:00",
        "name",
        "chenliyan",
        {
            "leaders": ("米钰林", "周亚平"),
            "number": "渝工发〔{0}〕示例1号",
            "title": "关于命名{0}年度重庆市劳模创新工作室的决定（示例）",
        },
    ),
    Step(47, "10:01", "issue_certificates"),
    Step(13, "09:32", "grant", "songjie", {"member": "xuwen", "grants": {"review", "decide"}}),
    Step(13, "10:24", "grant", "songjie", {"member": "xuwen", "grants": {"review"}}),
    Step(
        2,
        "09:00",
        "publish",
        "chenliyan",
        {
            "leaders": ("张毅",),
            "title": "{0}年度市级劳模创新工作室拟命名名单公示（第二批）",
            "contact": CONTACT,
        },
    ),
)
"""What is done with several applications at once, or falls due by itself."""
DRAWN = (47, "10:02")
"""When the files of the certificates were made."""
