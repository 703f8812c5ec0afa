"""The check of translations finds what it is there to find."""

import ast
import importlib
import sys
from types import ModuleType

import polib
import pytest

from tests.repo.conftest import ROOT


@pytest.fixture(scope="module")
def checker() -> ModuleType:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return importlib.import_module("check_translations")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


def bare_strings(checker: ModuleType, source: str) -> list[str]:
    tree = ast.parse(source)
    harmless = checker._docstrings(tree) | checker._translated(tree)
    strings = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [node.value for node in strings if id(node) not in harmless and checker.CHINESE.search(node.value)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""说明"""', []),
        ('title = _("待办")', []),
        ('title = ngettext("%(n)d件", "%(n)d件", n) % {"n": n}', []),
        ('title = pgettext_lazy("状态", "公示")', []),
        ('title = "待办"', ["待办"]),
        ('title = f"{n}件"', ["件"]),
        ('title = _("待办") + "：" + "已办"', ["已办"]),
        ('title = "to do"', []),
    ],
)
def test_a_chinese_string_of_the_code_is_found_unless_gettext_has_it(
    checker: ModuleType, source: str, found: list[str]
) -> None:
    assert bare_strings(checker, source) == found


@pytest.mark.parametrize(
    ("template", "is_found"),
    [
        ('<p>{% translate "待办" %}</p>', False),
        ("<p>{% blocktranslate count n=n %}{{ n }}件{% plural %}{{ n }}件{% endblocktranslate %}</p>", False),
        ("{# 待办 #}{% comment %}待办{% endcomment %}", False),
        ('{% w_note title=_("退回") %}', False),
        ('<button lang="zh-Hans">中文</button>', False),
        ("<p>待办</p>", True),
        ('<input placeholder="姓名">', True),
        ('{{ count|figure:"项" }}', False),
        ('{{ name|default:"未填" }}', True),
    ],
)
def test_chinese_of_a_template_is_found_unless_translate_has_it(
    checker: ModuleType, template: str, is_found: bool
) -> None:
    assert bool(checker.CHINESE.search(checker.TRANSLATED.sub("", template))) is is_found


@pytest.mark.parametrize(
    ("english", "complaint"),
    [
        ("%(n)d of %(total)d", None),
        ("", "not translated"),
        ("%(n)d of all", "other placeholders"),
        ("%(n)s of %(total)d", "other placeholders"),
    ],
)
def test_an_entry_of_the_catalogue_is_whole_and_has_the_same_placeholders(
    checker: ModuleType, english: str, complaint: str | None
) -> None:
    message = polib.POEntry(msgid="%(total)d件中的%(n)d件")
    found = list(checker._in_entry(message, polib.POEntry(msgid=message.msgid, msgstr=english)))
    assert [complaint in line for line in found if complaint] == ([True] if complaint else [])
    assert bool(found) is bool(complaint)
