"""An expert's card keeps itself: after a pause, on leaving, never over newer marks, and always saying so."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accreditation.models import Scorecard
from accreditation.queries.judging import seen_of
from accreditation.services import panel
from tests.browser import acts
from tests.browser.sample import Sample

LEADER, EXPERT = "张永忠", "tangli"
MARK, COMMENT = '[name="mark-leader.skill"]', '[name="comment-leader.skill"]'
SAVED = re.compile(r"\d\d:\d\d已存")


@pytest.fixture
def page(sample: Sample, open_page: Callable[..., Page]) -> Page:
    """The expert's open card."""
    page = open_page(user=sample.user(EXPERT))
    page.goto(sample.address("scorecard", LEADER))
    return page


def card(sample: Sample) -> Scorecard:
    """Return the card as the database has it."""
    return sample.application(LEADER).current_cards.get(expert=sample.user(EXPERT))


def kept(sample: Sample) -> tuple[str, str]:
    """Return the mark and the comment that are kept."""
    mark = card(sample).marks.get("leader.skill", {})
    return mark.get("points", ""), mark.get("comment", "")


def note(page: Page) -> object:
    """What the page says of the saving; it stays in sight."""
    return expect(page.locator("#tally-note"))


def test_what_is_typed_is_saved_after_a_pause(sample: Sample, page: Page) -> None:
    page.locator(MARK).fill("1")
    note(page).to_contain_text(SAVED)
    assert kept(sample) == ("1", "")
    expect(page.locator("#need-leader\\.skill")).to_have_text("评语（低于半数，须写）")
    page.locator(COMMENT).fill("证书未附")
    page.locator(MARK).fill("3.5")
    expect(page.locator("#need-leader\\.skill")).not_to_have_text("评语（低于半数，须写）")
    assert kept(sample) == ("3.5", "证书未附")
    page.reload()
    expect(page.locator(MARK)).to_have_value("3.5")
    note(page).to_contain_text(SAVED)


def test_what_is_typed_last_is_saved_on_leaving(sample: Sample, page: Page) -> None:
    page.locator(MARK).fill("2.5")
    page.get_by_role("link", name="返回待办").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("待办")
    wait_until_kept(page, sample, ("2.5", ""))
    page.go_back()
    expect(page.locator(MARK)).to_have_value("2.5")
    page.locator(MARK).fill("3")
    note(page).to_contain_text(SAVED)
    wait_until_kept(page, sample, ("3", ""))


def test_an_older_page_is_told_and_keeps_what_was_typed(sample: Sample, page: Page) -> None:
    older = page.context.new_page()
    older.goto(sample.address("scorecard", LEADER))
    page.locator(MARK).fill("3")
    note(page).to_contain_text(SAVED)
    older.locator(MARK).fill("1.5")
    older.locator(COMMENT).evaluate("field => { field.closest('details').open = true; }")
    older.locator(COMMENT).fill("写了很久的评语")
    note(older).to_contain_text("别的页面存过，本页未存")
    expect(older.locator("#not-saved")).to_contain_text("在另一个页面存过这张评分卡")
    expect(older.locator("#not-saved tbody")).to_contain_text("3分")
    assert kept(sample) == ("3", "")
    with older.expect_navigation() as answer:
        older.get_by_role("button", name="暂存").click()
    assert answer.value.status == 409
    expect(older.locator(COMMENT)).to_have_value("写了很久的评语")
    assert kept(sample) == ("3", "")
    older.get_by_role("button", name="暂存").click()
    expect(older.get_by_role("status").first).to_contain_text("评分卡已存为草稿")
    assert kept(sample) == ("1.5", "写了很久的评语")


def test_a_mark_that_is_none_is_told_beside_it(sample: Sample, page: Page) -> None:
    page.locator(MARK).fill("4.3")
    note(page).to_contain_text("有分数填错，未存")
    expect(page.locator("#wrong-leader\\.skill")).to_contain_text("填0至4分，以0.5分为一档")
    assert kept(sample) == ("", "")
    page.locator(MARK).fill("4")
    note(page).to_contain_text(SAVED)
    expect(page.locator("#wrong-leader\\.skill")).to_be_hidden()
    assert kept(sample) == ("4", "")


def test_without_a_network_it_says_so_and_saves_when_there_is_one_again(sample: Sample, page: Page) -> None:
    page.context.set_offline(True)
    page.locator(MARK).fill("3")
    note(page).to_contain_text("没有存上。连上网络或重新登录后再存，本页先不要关。")
    page.context.set_offline(False)
    note(page).to_contain_text(SAVED)
    assert kept(sample) == ("3", "")


def test_who_was_signed_out_meanwhile_is_told_and_loses_nothing(sample: Sample, page: Page) -> None:
    page.context.clear_cookies(name="sessionid")
    page.locator(MARK).fill("3")
    note(page).to_contain_text("没有存上。")
    expect(page.locator(MARK)).to_have_value("3")
    assert kept(sample) == ("", "")


def test_a_card_that_was_handed_in_elsewhere_is_told_in_place(sample: Sample, page: Page) -> None:
    from_other = sample.application(LEADER)
    acts.score(page.context.new_page(), from_other)
    page.locator(MARK).fill("2")
    note(page).to_contain_text("未存")
    expect(page.locator("#not-saved")).to_contain_text("或者已经交卡")
    expect(page.locator(MARK)).to_have_value("2")
    assert kept(sample)[0] == "4"


def test_signing_waits_for_a_save_that_is_on_its_way(sample: Sample, page: Page) -> None:
    page.route("**/score/draft/", lambda route: (page.wait_for_timeout(700), route.continue_()))
    page.locator(MARK).fill("3")
    with page.expect_request("**/score/draft/"):
        page.wait_for_timeout(1300)
    page.locator(MARK).fill("3.5")
    page.get_by_role("button", name="核对总分并交卡").click()
    expect(page.locator(".w-errors")).to_be_visible()  # the other marks are missing; no conflict with itself
    expect(page.locator("main")).not_to_contain_text("在另一个页面存过")
    assert kept(sample) == ("3.5", "")


def test_without_script_the_button_saves_and_the_older_page_is_told(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user(EXPERT), javascript=False)
    page.goto(sample.address("scorecard", LEADER))
    expect(page.get_by_text("停笔后自动保存。")).to_be_hidden()
    other = sample.user(EXPERT)
    panel.save_card(
        sample.application(LEADER), by=other, at=card(sample).application.state_since,
        judged={"leader.skill": None}, comments={"leader.skill": "另一页"}, seen=seen_of({}),
    )  # fmt: skip
    page.locator(MARK).fill("2")
    page.get_by_role("button", name="暂存").click()
    expect(page.get_by_role("alert")).to_contain_text("在另一个页面存过这张评分卡")
    expect(page.locator(MARK)).to_have_value("2")
    page.get_by_role("button", name="暂存").click()
    expect(page.get_by_role("status").first).to_contain_text("评分卡已存为草稿")
    assert kept(sample) == ("2", "")


def test_the_card_has_no_serious_fault_after_a_refusal(
    sample: Sample, page: Page, serious_faults: Callable[[Page], list[str]]
) -> None:
    page.locator(MARK).fill("4.3")
    note(page).to_contain_text("有分数填错，未存")
    assert serious_faults(page) == []


def wait_until_kept(page: Page, sample: Sample, expected: tuple[str, str]) -> None:
    """Wait until the database has it: the page that sent it may be gone."""
    for _time in range(50):
        if kept(sample) == expected:
            break
        page.wait_for_timeout(100)
    assert kept(sample) == expected
