"""What pages are made of: dates, figures, states, bars and forms as the reader sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from accreditation.face import dates
from accreditation.figures import QUALIFIERS
from tests.page import Node, parse
from workflows.working_days import SHANGHAI, calendar_strip

NOW = datetime(2026, 9, 16, 16, 20, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Marked:
    """Marks of one good, as scoring gives them."""

    good: str
    points: Decimal
    max: Decimal
    line: Decimal


MARKS = [
    Marked("leader", Decimal("18"), Decimal(20), Decimal(12)),
    Marked("team", Decimal("13"), Decimal(15), Decimal(9)),
    Marked("functions", Decimal("8.5"), Decimal(15), Decimal(9)),
    Marked("topics", Decimal("25"), Decimal(30), Decimal(18)),
    Marked("mechanism", Decimal("16"), Decimal(20), Decimal(12)),
]


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def shown(source: str, **context: Any) -> str:
    """Render a bit of template."""
    return Template("{% load i18n wuhao %}" + source).render(Context(context)).strip()


def tree(source: str, **context: Any) -> Node:
    return parse(shown(source, **context))


# ── Dates and numbers ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("{{ value|full_day }}", NOW, "2026年9月16日"),
        ("{{ value|weekday }}", NOW, "周三"),
        ("{{ value|clock }}", NOW, "16:20"),
        ("{{ value|full_moment }}", NOW, "2026年9月16日16:20"),
        ("{{ value|partial_date }}", "2010", "2010年"),
        ("{{ value|partial_date }}", "2010-05", "2010年5月"),
        ("{{ value|partial_date }}", "2010-05-12", "2010年5月12日"),
        ("{{ value|partial_date }}", "约2010年", "约2010年"),
        ("{{ value|day }}", None, ""),
        ("{{ value|figure:'项' }}", {"number": "10", "qualifier": "余"}, "10余项"),
        ("{{ value|figure:'项' }}", {"number": "28", "qualifier": ""}, "28项"),
        ("{{ value|figure }}", None, "未填"),
        ("{{ value|money }}", {"number": "1000", "qualifier": "上"}, "上千万元"),
        ("{{ value|money }}", Decimal("2264"), "2264万元"),
        ("{{ value|points }}", Decimal("12.50"), "12.5"),
        ("{{ value|points }}", Decimal("80.0"), "80"),
        ("{{ value|points }}", None, "—"),
        ("{{ value|file_size }}", 640_000, "625KB"),
        ("{{ value|file_size }}", 1_260_000, "1.2MB"),
        ("{{ value|file_size }}", 20 * 1024 * 1024, "20MB"),
        ("{{ value|good_title }}", "team", "配好创新团队"),
        ("{{ value|state_label }}", "returned_by_city", "市总工会退回补正"),
        ("{{ value|state_label }}", "unheard_of", "unheard_of"),
        ("{{ value|failing }}", MARKS, "职未及格"),
    ],
)
def test_a_filter_says_it_in_the_readers_words(source: str, value: Any, expected: str) -> None:
    assert shown(source, value=value) == expected


def test_a_date_of_this_year_leaves_the_year_out() -> None:
    assert (dates.day(NOW, 2026), dates.day(NOW, 2027)) == ("9月16日 周三", "2026年9月16日 周三")
    assert dates.moment(NOW, 2026) == "9月16日16:20"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 9, 14), date(2026, 9, 25), "9月14日至25日"),
        (date(2026, 9, 28), date(2026, 10, 9), "9月28日至10月9日"),
        (date(2026, 12, 28), date(2027, 1, 5), "12月28日至2027年1月5日"),
        (date(2026, 9, 14), date(2026, 9, 14), "9月14日"),
        (datetime(2026, 6, 1, tzinfo=SHANGHAI), datetime(2027, 1, 1, tzinfo=SHANGHAI), "6月1日至12月31日"),
    ],
)
def test_a_range_says_a_shared_month_once(start: date, end: date, expected: str) -> None:
    assert dates.day_range(start, end, 2026) == expected


def test_a_deadline_at_midnight_belongs_to_the_day_that_ends() -> None:
    midnight = datetime(2020, 10, 10, tzinfo=SHANGHAI)
    assert shown("{{ at|until }}", at=midnight) == "2020年10月9日24:00"


def test_english_puts_the_day_before_the_month() -> None:
    with translation.override("en"):
        assert dates.full_day(NOW) == "16 September 2026"
        assert dates.month_day(NOW, 2026) == "16 Sep"


# ── Small parts ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_state_is_a_shape_and_a_word() -> None:
    state = tree("{% state 'named' %}").one("span")
    assert state["class"] == "w-state is-gold"
    assert state.one("use")["href"].endswith("icons.svg#i-named")
    assert state.words == "已命名"


def test_bars_are_as_wide_as_their_points_and_mark_what_is_under_its_line() -> None:
    page = tree("{% bars marks total=total %}", marks=MARKS, total=Decimal("80.50"))
    tracks = [(rect["x"], rect["width"]) for rect in page.all("rect.track")]
    assert tracks == [("0", "20"), ("24", "15"), ("43", "15"), ("62", "30"), ("96", "20")]
    assert [rect["width"] for rect in page.all("rect.low")] == ["8.5"]
    assert page.one("svg")["aria-label"] == (
        "五好得分：领军人物18/20，创新团队13/15，工作职能8.5/15，创新课题25/30，工作机制16/20"
    )
    assert page.one(".sub").words == "80.5分，职未及格"


def test_without_marks_the_bars_say_so() -> None:
    assert tree("{% bars None %}").words == "尚未评分"


def test_the_days_of_a_notice_tell_working_days_from_rest() -> None:
    strip = calendar_strip(date(2026, 9, 28), date(2026, 10, 9))
    page = tree("{% days strip today %}", strip=strip, today=date(2026, 9, 30))
    said = [item.words for item in page.all("li")]
    assert said[:4] == ["周一 9月28 第1天", "周二 29 第2天", "周三 30 第3天", "周四 10月1 休"]
    assert said[-1] == "周五 9 期满"
    assert [item["class"] for item in page.all("li")][1:4] == ["is-past", "is-now", "is-off"]


def test_quota_squares_say_their_numbers() -> None:
    page = tree("{% quota 3 2 %}")
    assert page.one("svg")["aria-label"] == "名额3，已推荐2"
    assert [rect["class"] for rect in page.all("rect")] == ["used", "used", "open"]


def test_a_level_that_sent_it_back_is_the_current_step() -> None:
    steps = [
        {"standing": "done", "name": "填报", "note": ""},
        {"standing": "back", "name": "渝北区总工会", "note": "退回补正"},
    ]
    current = tree("{% rail steps %}", steps=steps).all("[aria-current=step]")
    assert [item.words for item in current] == ["渝北区总工会 退回补正"]


def test_pagination_keeps_the_rest_of_the_query() -> None:
    request = RequestFactory().get("/desk/?q=张&page=2")
    page = tree("{% pagination page %}", page=Paginator(range(95), 30).page(2), request=request)
    assert [link["href"] for link in page.all("a")] == ["?q=%E5%BC%A0&page=1", "?q=%E5%BC%A0&page=3"]
    assert page.words == "上一页（1至30） 第2页，共4页 下一页（61至90）"


def test_one_page_needs_no_links() -> None:
    request = RequestFactory().get("/")
    assert shown("{% pagination page %}", page=Paginator([1], 30).page(1), request=request) == ""


def test_a_note_escapes_its_title_and_keeps_its_role() -> None:
    note = tree("{% note 'alert' title=title role='alert' %}二{% endnote %}", title="<一>").one("div")
    assert (note["class"], note["role"], note.words) == ("w-note is-alert", "alert", "<一> 二")


# ── Forms ────────────────────────────────────────────────────────────────────────────────────────────────


class Decision(forms.Form):
    name = forms.CharField(label="名称", help_text="全称", error_messages={"required": "填写名称"})
    area = forms.DecimalField(label="面积", error_messages={"invalid": "填写数字"})
    area_qualifier = forms.ChoiceField(choices=QUALIFIERS, required=False)
    decision = forms.ChoiceField(
        label="决定",
        choices=[("pass", "通过"), ("back", "退回")],
        widget=forms.RadioSelect,
        error_messages={"required": "选择一项"},
    )


class Row(forms.Form):
    name = forms.CharField(label="姓名", error_messages={"required": "填写姓名"})
    count = forms.DecimalField(label="数量", required=False)
    count_qualifier = forms.ChoiceField(choices=QUALIFIERS, required=False)


class Rows(forms.BaseFormSet):
    row_name = "第%(number)d名成员"


RowSet = forms.formset_factory(Row, formset=Rows, extra=0, can_delete=True)
WRONG = {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "1", "rows-0-count": "3"}


def test_a_field_ties_hint_and_error_to_its_control() -> None:
    page = tree("{% field form.name %}", form=Decision({}))
    control = page.one("input")
    assert control["aria-describedby"].split() == ["id_name_helptext", "id_name_error"]
    assert [page.one(f"#{name}").words for name in control["aria-describedby"].split()] == [
        "全称",
        "填写名称",
    ]
    assert (control["class"], control["aria-invalid"]) == ("form-control", "true")
    assert page.one("label")["for"] == control["id"]


def test_radios_show_what_follows_from_each() -> None:
    form = Decision(initial={"decision": "back"})
    form.fields["decision"].consequences = {"back": "补正后回到您这里"}
    page = tree("{% field form.decision %}", form=form)
    assert [label.words for label in page.all("label")] == ["通过", "退回 补正后回到您这里"]
    assert [option["value"] for option in page.all("input[checked]")] == ["back"]


def test_a_figure_is_a_number_a_qualifier_and_a_unit() -> None:
    page = tree("{% quantity form.area form.area_qualifier '㎡' %}", form=Decision())
    assert [control["name"] for control in page.all("input, select")] == ["area", "area_qualifier"]
    assert [label.words for label in page.all("label")] == ["面积", "面积的修饰词"]


def test_the_summary_leads_to_each_field_in_the_words_beside_it() -> None:
    form, rows = Decision({"area": "x"}), RowSet(WRONG, prefix="rows")
    page = tree("{% error_summary form rows %}", form=form, rows=rows)
    assert [(link["href"], link.words) for link in page.all("a")] == [
        ("#id_name", "填写名称"),
        ("#id_area", "填写数字"),
        ("#id_decision_0", "选择一项"),
        ("#id_rows-0-name", "第1名成员：填写姓名"),
    ]
    assert page.one("h2").words == "有4处需要更正"
    assert shown("{% error_prefix form %}", form=form) == "有误："


def test_nothing_wrong_says_nothing() -> None:
    assert shown("{% error_summary form %}{% error_prefix form %}", form=Decision()) == ""


def test_rows_name_their_cells_and_their_remove_buttons() -> None:
    page = tree("{% edit_table rows add='添加一名成员' %}", rows=RowSet(WRONG, prefix="rows"))
    labels = [
        control["aria-label"] for control in page.all("td input[type=text], td input[type=number], td select")
    ]
    assert labels == ["第1名成员姓名", "第1名成员数量", "第1名成员数量的修饰词"]
    assert [(button["name"], button.words) for button in page.all("button")] == [
        ("rows-0-DELETE", "移除 第1名成员"),
        ("add", "添加一名成员"),
    ]
    assert [cell.words for cell in page.all("th[scope=col]")] == ["序号", "姓名", "数量", "操作"]
    assert page.one("table")["id"] == "rows"
