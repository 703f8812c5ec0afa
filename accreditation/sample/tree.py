"""The sample's organisations and people.

The report does not say which body reviews which studio: the places in the tree are sample. Names of unions that
the report does not give are marked; all people here are sample people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

CITY = "CQ"


@dataclass(frozen=True)
class Person:
    """An account: who it stands for and what it may do in its office."""

    username: str
    name: str
    grants: tuple[str, ...]
    position: str
    task: str = ""  # what there is to try as this person


@dataclass(frozen=True)
class Body:
    """An organisation under its parent; the first person of it manages it unless it is an enterprise."""

    code: str
    kind: str
    name: str
    parent: str
    people: Sequence[Person]
    short_name: str = ""
    places: int = 0  # of the cycle's quota; bodies of the level district only


def _office(username: str, name: str, task: str = "") -> tuple[Person, ...]:
    """One person who does everything in a small office."""
    return (Person(username, name, ("review", "decide", "manage"), "工会主席", task),)


def _applicant(username: str, name: str, task: str = "") -> tuple[Person, ...]:
    return (Person(username, name, ("apply", "manage"), "申报人", task),)


@dataclass(frozen=True)
class Tie:
    """An interest that somebody declares: the enterprise by its code, and what it is."""

    code: str
    note: str


EXPERTS = ("hanmin", "luojian", "zhounan", "xuwen", "tangli")
BODIES = (
    Body(
        CITY,
        "city",
        "重庆市总工会",
        "",
        (
            Person("songjie", "宋洁", ("manage",), "管理员", "成员与权限"),
            Person(
                "chenliyan", "陈立言", ("decide",), "劳模工作部", "受理吴秀英，审定周立新，公示、批次、命名"
            ),
            Person("hanmin", "韩敏", ("review",), "评审专家"),
            Person("luojian", "罗建", ("review",), "评审专家", "给张永忠评分"),
            Person("zhounan", "周楠", ("review",), "评审专家", "接着评张永忠的卡"),
            Person("xuwen", "许文", ("review",), "评审专家"),
            Person("tangli", "唐立", ("review",), "评审专家", "给张永忠评分"),
            Person("liangjing", "梁静", ("audit",), "审计员", "全市申报、每一步的记录和疑点"),
        ),
        "市总工会",
    ),
    Body(
        "YB",
        "district",
        "渝北区总工会",
        CITY,
        (
            Person("qinlan", "秦岚", ("manage",), "管理员", "渝北区成员与权限"),
            Person("heqiu", "何秋", ("review",), "审核人", "审核王金山第2版，可再退回"),
            Person("wenjing", "文静", ("review", "decide"), "副主席", "审核、推荐王金山第2版"),
            Person("shilei", "石磊", ("audit",), "审计员", "渝北区各申报的记录"),
        ),
        places=3,
    ),
    Body("NA", "district", "南岸区总工会", CITY, _office("dengchuan", "邓川"), places=4),
    Body(
        "NT",
        "group",
        "重庆市能源投资集团有限公司工会",
        CITY,
        _office("fanglei", "方磊"),
        "市能源投资集团工会",
        places=2,
    ),
    Body("CG", "group", "重钢集团工会（示例）", CITY, _office("jiangtao", "蒋涛"), places=2),
    Body(
        "CA",
        "group",
        "重庆长安汽车股份有限公司工会",
        CITY,
        _office("yuqian", "余倩"),
        "长安汽车工会",
        places=2,
    ),
    Body("HG", "industry", "市能源化工产业工会（示例）", CITY, _office("pengwei", "彭伟"), places=3),
    Body("YB-JS", "union", "金山科技工会（示例）", "YB", _office("huangkai", "黄凯")),
    Body("YB-HX", "street", "回兴街道总工会（示例）", "YB", _office("kongyan", "孔燕", "审核陈志强")),
    Body("NA-GD", "union", "国网重庆南岸供电公司工会（示例）", "NA", _office("fuhao", "付浩")),
    Body("NA-YQ", "union", "南岸示例园区联合工会（示例）", "NA", _office("linfang", "林芳")),
    Body("CG-ZB", "union", "重钢集团中厚板厂工会（示例）", "CG", _office("dingyu", "丁宇")),
    Body("CA-YZ", "union", "长安汽车鱼嘴厂区工会（示例）", "CA", _office("gaojie", "高洁")),
    Body("HG-CW", "union", "中国石化集团四川维尼纶厂工会", "HG", _office("caimin", "蔡敏"), "川维厂工会"),
    Body("HG-QK", "union", "重庆气矿工会（示例）", "HG", _office("jinbo", "金波")),
    Body(
        "YB-JS-1",
        "enterprise",
        "重庆金山科技公司",
        "YB-JS",
        _applicant("wangqian", "王倩", "王金山，退回后已重新提交"),
        "金山科技",
    ),
    Body(
        "YB-HX-1", "enterprise", "清风社区（示例）", "YB-HX", _applicant("xiaoning", "肖宁", "孙志远，已撤回")
    ),
    Body("YB-HX-2", "enterprise", "示例仪表厂（示例）", "YB-HX", _applicant("fanyu", "范宇")),
    Body(
        "NA-GD-1",
        "enterprise",
        "国网重庆南岸供电公司",
        "NA-GD",
        _applicant("zhaomin", "赵敏", "张毅，公示中"),
    ),
    Body(
        "NA-YQ-1",
        "enterprise",
        "示例机械厂（示例）",
        "NA-YQ",
        _applicant("tianye", "田野", "李秀兰，不予推荐"),
    ),
    Body("NA-YQ-2", "enterprise", "示例医院（示例）", "NA-YQ", _applicant("baixue", "白雪")),
    Body("NA-YQ-3", "enterprise", "示例轨道公司（示例）", "NA-YQ", _applicant("luping", "陆平")),
    Body(
        "CG-ZB-1",
        "enterprise",
        "重钢集团中厚板厂",
        "CG-ZB",
        _applicant("xiefang", "谢芳", "周亚平，已命名，下载证书"),
    ),
    Body(
        "CA-YZ-1",
        "enterprise",
        "重庆长安汽车股份有限公司",
        "CA-YZ",
        _applicant("sunyue", "孙悦", "张永忠，专家评分中"),
        "长安汽车",
    ),
    Body(
        "HG-CW-1",
        "enterprise",
        "中国石化集团四川维尼纶厂",
        "HG-CW",
        _applicant("liuyang", "刘洋", "米钰林，已命名，下载证书"),
        "川维厂",
    ),
    Body(
        "HG-QK-1", "enterprise", "重庆气矿", "HG-QK", _applicant("mali", "马丽", "庞宇来，草稿，还不能提交")
    ),
)
"""From the top of the tree down: whoever manages the body above founds the next."""
INTERESTS = {"hanmin": Tie("NA-YQ-1", "曾在该厂任技术顾问")}
"""What is declared for the cycle by who has an interest at all."""


def judges() -> list[str]:
    """Return the user names of everybody who reviews or decides."""
    return [
        person.username
        for body in BODIES
        for person in body.people
        if {"review", "decide"} & set(person.grants)
    ]
