"""Application documents for the tests of the pure rules: one that lacks nothing, and ways to change it."""

import copy
from typing import Any

COMPLETE: dict[str, Any] = {
    "schema": 1,
    "cycle": "2026",
    "level": "city",
    "enterprise": {
        "name": "国网重庆南岸供电公司",
        "nature": "国有企业",
        "industry": "电力",
        "staff": {"number": "2000", "qualifier": "余"},
        "union": "国网重庆南岸供电公司工会",
    },
    "studio": {
        "name": "张毅劳模创新工作室",
        "founded": "2010-05",
        "address": "南岸区",
        "area": {"number": "300", "qualifier": ""},
        "equipment": "实训设备",
        "investment": None,
        "budget": {"number": "15", "qualifier": ""},
        "budget_sources": "公司与工会",
    },
    "namings": [{"level": "district", "title": "区级劳模创新工作室", "document_number": "", "date": "2019"}],
    "leader": {
        "name": "张毅",
        "post": "带电作业班技术负责人",
        "title": "",
        "skill_grade": "高级技师",
        "in_service": True,
        "results": "第一发明人9项",
        "honours": [
            {"level": "city", "title": "重庆市劳动模范", "year": 2005, "document_number": ""},
            {"level": "national", "title": "全国劳动模范", "year": 2010, "document_number": ""},
        ],
    },
    "team": {
        "not_one_crew": True,
        "members": [
            {
                "name": name,
                "trade": "电工",
                "title": "技师",
                "education": "大专",
                "birth_year": 1986,
                "role": "",
            }
            for name in ("甲", "乙", "丙", "丁", "戊")
        ],
        "pairs": [],
    },
    "functions": {
        "statement": "攻关、培训、交流",
        "trainings": [
            {"name": "技术讲座", "kind": "培训", "year": 2025, "count": {"number": "4", "qualifier": ""}},
        ],
        "promotions": [],
    },
    "topics": {
        "topics": [
            {
                "title": "带电作业工具",
                "category": "technology",
                "registered": "2025-03",
                "status": "done",
                "result": "投入使用",
                "count": None,
            },
        ],
        "patents": [{"name": "国家实用专利", "count": {"number": "28", "qualifier": ""}}],
        "awards": [
            {"title": "科技进步奖", "level": "city", "year": 2012, "count": {"number": "2", "qualifier": ""}}
        ],
        "conversions": [],
    },
    "mechanism": {
        "rules": [{"title": "张毅劳模创新工作室管理办法", "issued": "2010"}],
        "ledger": "专人记录",
        "plan": "每年一月",
    },
    "narrative": "事迹",
    "contact": {"name": "王倩", "phone": "023-00000000", "email": ""},
    "evidence": [
        {"good": "leader", "kind": "honour", "name": "全国劳动模范证书.jpg"},
        {"good": "functions", "kind": "site", "name": "工作室全景.jpg"},
        {"good": "topics", "kind": "registration", "name": "立项书.pdf"},
        {"good": "mechanism", "kind": "rules", "name": "管理办法.pdf"},
    ],
}


def complete() -> dict[str, Any]:
    """A document that lacks nothing."""
    return copy.deepcopy(COMPLETE)


def changed(path: str, value: Any) -> dict[str, Any]:
    """A complete document with another value at a path such as "studio.founded"."""
    document = complete()
    *way, last = path.split(".")
    part = document
    for key in way:
        part = part[key]
    part[last] = value
    return document


def draft() -> dict[str, Any]:
    """A document just begun: nothing is filled in but the name of the enterprise."""
    return {
        "schema": 1,
        "cycle": "2026",
        "level": "city",
        "enterprise": {"name": "重庆气矿", "nature": "", "industry": "", "staff": None, "union": ""},
        "studio": {
            "name": "",
            "founded": "",
            "address": "",
            "area": None,
            "equipment": "",
            "investment": None,
        },
        "namings": [],
        "leader": {"name": "", "post": "", "title": "", "skill_grade": "", "in_service": None, "honours": []},
        "team": {"not_one_crew": False, "members": [], "pairs": []},
        "functions": {"statement": "", "trainings": [], "promotions": []},
        "topics": {"topics": [], "patents": [], "awards": [], "conversions": []},
        "mechanism": {"rules": [], "ledger": "", "plan": ""},
        "narrative": "",
        "contact": {"name": "", "phone": "", "email": ""},
        "evidence": [],
    }


def members(number: int) -> list[dict[str, Any]]:
    """So many members, complete."""
    return [{**COMPLETE["team"]["members"][0], "name": f"第{place}人"} for place in range(1, number + 1)]
