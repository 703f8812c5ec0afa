"""What the report says of the whole city, of Yubei, and of two groups: their own figures, in its own words."""

from dataclasses import dataclass

from accreditation.figures import parse
from accreditation.services.statistics import Reported

SOURCE = "《重庆市总大胆创新应对经济下行压力 劳模创新工作室日益发挥显著的作用》，李国、陈雨"


@dataclass(frozen=True)
class Report:
    """What one body said of one period."""

    body: str
    period: str
    rows: tuple[Reported, ...]


def _row(label: str, written: str, unit: str, *parts: Reported) -> Reported:
    return Reported(label, parse(written, unit), unit, parts)


REPORTS = (
    Report(
        "CQ",
        "截至2015年9月",
        (
            _row("劳模创新工作室", "280余", "个"),
            _row("参与劳模", "超过500", "人"),
            _row("吸纳创新人才", "近4000", "人"),
        ),
    ),
    Report(
        "CQ",
        "2014年和2015年",
        (
            _row("创新及攻关项目", "近3000", "项"),
            _row("专利", "1581", "项"),
            _row("市级以上奖励", "1300多", "项"),
            _row("创新成果转化", "1572", "项"),
            _row("技术培训", "超过7000", "场次"),
            _row("培训职工和服务对象", "33万余", "人次"),
            _row("技能提升", "18万余", "人次"),
        ),
    ),
    Report(
        "CQ",
        "2015年起3年内的目标",
        (
            Reported("劳模创新工作室", parse("500"), "个以上"),
            Reported("高质量的市级示范工作室", parse("50"), "个到100个"),
        ),
    ),
    Report(
        "YB",
        "2015年（报道时）",
        (
            _row("区级劳模创新工作室", "7", "个"),
            _row("成员", "89", "人"),
            _row(
                "创新课题",
                "56",
                "项",
                _row("提高职工业务技能水平", "8", "项"),
                _row("优化作业流程、提升工作效率", "16", "项"),
                _row("科技开发", "32", "项"),
            ),
            _row("获得专利", "56", "项"),
            _row("创新攻关课题", "39", "项"),
            _row("创新成果转化", "36", "项"),
            _row("参与技术创新", "7720", "人次"),
            _row("技能得到提升", "2006", "人"),
        ),
    ),
    Report(
        "NT",
        "2015年以来",
        (
            _row(
                "劳模（按级别合计）",
                "152",
                "名",
                _row("全国劳模", "9", "名"),
                _row("省（部）级劳模", "143", "名"),
            ),
            _row(
                "劳模（按在职合计）",
                "152",
                "名",
                _row("在职职工劳模", "55", "名"),
                _row("退休劳模", "97", "名"),
            ),
            _row("劳模创新工作室", "9", "个"),
            _row("创新团队", "202", "人"),
            _row("技术攻关", "80", "项"),
            _row("创新成果", "42", "项"),
            _row("其中获得专利", "1", "项"),
            _row("推广应用", "26", "项"),
        ),
    ),
    Report(
        "CA",
        "拟用3年至5年的时间",
        (
            _row("长安汽车本部成立劳模创新工作室", "7", "个"),
            _row("各合资和分支公司创建劳模创新工作室", "48", "个"),
        ),
    ),
)
