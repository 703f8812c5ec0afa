"""Keyboard shortcuts: rows by j and k, the list of keys on "?", and a switch that turns all of them off."""

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.sample import Sample

FIRST, SECOND = "吴秀英劳模创新工作室", "周立新劳模创新工作室"


def desk_of(sample: Sample, open_page: Callable[..., Page], username: str = "chenliyan") -> Page:
    page = open_page(user=sample.user(username))
    page.goto(reverse("desk"))
    return page


def row_of(page: Page, studio: str):
    return page.locator("tbody tr", has=page.get_by_role("link", name=studio, exact=True))


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.innerText")


def test_j_and_k_go_from_row_to_row_and_o_opens(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = desk_of(sample, open_page)
    names = [page.locator("tbody a.name").nth(number).inner_text() for number in range(2)]
    for key, expected in (("j", 0), ("j", 1), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert focused(page) == names[expected]
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/review/"))
    expect(page.locator("h1")).to_contain_text(names[0])


def test_x_picks_the_row_and_the_bar_counts(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = desk_of(sample, open_page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(2)
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(1)


def test_c_claims_the_row(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = desk_of(sample, open_page)
    names = page.locator("tbody a.name")
    row = row_of(page, FIRST)
    for _ in range(names.count()):
        page.keyboard.press("j")
        if focused(page) == FIRST:
            break
    expect(row.get_by_role("button", name="认领")).to_be_visible()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/review/"))
    work = sample.application("吴秀英").tasks.get(closed_at=None)
    assert work.assignee == sample.user("chenliyan")


def test_the_slash_leads_to_the_search_where_keys_are_letters(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = desk_of(sample, open_page)
    page.keyboard.press("/")
    field = page.locator("main input[type=search]")
    expect(field).to_be_focused()
    page.keyboard.type("jxo?gd")
    expect(field).to_have_value("jxo?gd")
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator("tbody input:checked")).to_have_count(0)


def test_two_keys_lead_from_page_to_page(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = desk_of(sample, open_page)
    for key, name in (("h", "desk-done"), ("n", "notifications"), ("d", "desk")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(f"{reverse(name)}$"))
    page.keyboard.press("g")
    page.keyboard.press("z")
    page.keyboard.press("j")
    assert focused(page) == page.locator("tbody a.name").first.inner_text()


def test_the_question_mark_opens_the_list_and_escape_closes_it(
    sample: Sample, open_page: Callable[..., Page], serious_faults: Callable[[Page], list[str]]
) -> None:
    page = desk_of(sample, open_page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="键盘快捷键")
    expect(dialog).to_be_visible()
    assert serious_faults(page) == []
    page.keyboard.press("j")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_switch_turns_them_off_and_is_remembered(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = desk_of(sample, open_page)
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_label("启用快捷键").uncheck()
    page.get_by_role("button", name="关闭").click()
    page.goto(reverse("desk"))
    for key in ("j", "?", "x"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("link", name="键盘快捷键").click()
    switch = page.locator("main").get_by_label("启用快捷键")
    expect(switch).not_to_be_checked()
    switch.check()
    page.goto(reverse("desk"))
    page.keyboard.press("j")
    assert focused(page) == page.locator("tbody a.name").first.inner_text()


def test_with_a_modifier_the_keys_are_the_browsers(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = desk_of(sample, open_page)
    page.keyboard.press("Control+j")
    page.keyboard.press("Alt+x")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_without_script_the_keys_stand_on_their_page_without_a_switch(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("chenliyan"), javascript=False)
    page.goto(reverse("keys"))
    expect(page.get_by_role("row", name="j 下一行")).to_be_visible()
    expect(page.get_by_text("启用快捷键").first).to_be_hidden()


def test_a_batch_is_picked_looked_over_and_signed_without_script(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("chenliyan"), javascript=False)
    page.goto(reverse("desk"))
    row_of(page, FIRST).get_by_role("checkbox").check()
    row_of(page, SECOND).get_by_role("checkbox").check()
    page.get_by_role("button", name="列入拟公示名单").click()
    expect(page.locator("h1")).to_have_text("批量列入拟公示名单")
    expect(page.locator("section", has_text="这次不办")).to_contain_text("现在的环节没有这个决定")
    page.get_by_label("共同的理由").fill("总分和五好均达标。")
    page.get_by_role("button", name="签署并列入名单").click()
    expect(page.get_by_role("status")).to_contain_text("1件都已办")
    assert sample.application("周立新").state == "listed"
