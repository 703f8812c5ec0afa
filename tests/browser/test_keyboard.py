"""Everything can be reached and seen by keyboard."""

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.sample import Sample

FOCUSED = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
  return {
    tag: it.tagName,
    words: (it.innerText || it.name || it.tagName).trim().split("\\n")[0],
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none",
    seen: box.bottom > 0 && box.top < innerHeight,
  };
}"""
MOST_STOPS = 80


def stops(page: Page) -> list[dict]:
    """Return what Tab stops at, from the top of the page to its end."""
    found: list[dict] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop["tag"] == "BODY":  # past the last one
            break
        found.append(stop)
    return found


def test_the_first_stop_leads_to_the_content(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("heqiu"))
    page.goto(reverse("desk"))
    page.keyboard.press("Tab")
    skip = page.locator(".w-skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_every_stop_on_the_desk_shows_where_one_is(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("chenliyan"))
    page.goto(reverse("desk"))
    found = stops(page)
    assert [stop for stop in found if not (stop["outlined"] and stop["seen"])] == []
    assert {"吴秀英劳模创新工作室", "周立新劳模创新工作室"} <= {stop["words"] for stop in found}


def test_a_row_of_the_desk_opens_with_enter(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("heqiu"))
    page.goto(reverse("desk"))
    page.get_by_role("link", name="王金山劳模创新工作室").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{sample.address('review', '王金山')}$"))


def test_a_decision_is_taken_without_a_mouse(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("wenjing"))
    page.goto(sample.address("review", "王金山"))
    page.locator('[name="decision"]').first.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-repeats]")).to_have_text("签署并推荐")
    page.get_by_role("textbox", name="理由").focus()
    page.keyboard.type("同意推荐。")
    page.keyboard.press("Tab")
    expect(page.locator("[data-repeats]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("已推荐")


def test_what_is_wrong_is_read_first_and_leads_to_its_field(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("mali"))
    page.goto(sample.address("application-step", "庞宇来", "team"))
    page.locator('[name="members-0-birth_year"]').fill("八六")
    page.locator('button[name="go"][value="next"]:visible').click()
    expect(page.locator(".w-errors")).to_be_focused()
    assert page.title().startswith("有误：")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator('[name="members-0-birth_year"]')).to_be_focused()
    expect(page.locator('[name="members-0-birth_year"]')).to_be_in_viewport()


def test_the_menu_closes_with_escape(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("heqiu"))
    page.goto(reverse("desk"))
    summary = page.locator(".w-who summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="退出")).to_be_hidden()
    expect(summary).to_be_focused()
