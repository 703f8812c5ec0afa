"""推荐排序 by mouse, by keyboard, by typing and without script: the page shows it, saving writes it."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accreditation.queries.ranking import ranking_of
from tests import factories

NAMES = ("王金山", "周亚平", "张毅", "张永忠")


@pytest.fixture
def decider(transactional_db: None) -> factories.User:
    """Who orders four candidates for three places."""
    who = factories.cast()
    for name in NAMES:
        factories.application_in("district_review", leader_name=name)
    factories.quota(who.cycle, who.district, 3)
    return who.district_decider


def shown(page: Page) -> list[str]:
    """Return the leaders in the order of the page, and "—" where the line of the quota runs."""
    rows = page.locator("table.w-placing tbody tr")
    return [
        text.partition("劳模")[0].split()[-1] if "劳模" in text else "—" for text in rows.all_inner_texts()
    ]


def saved() -> list[str]:
    who = factories.cast()
    listed = ranking_of(who.cycle, who.district).candidates
    return [one.application.studio.leader_name for one in listed]


def opened(open_page: Callable[..., Page], user: factories.User, **how: object) -> Page:
    page = open_page(user=user, **how)
    page.goto(reverse("ranking", args=["2026", "YB"]))
    return page


def test_dragging_a_number_moves_the_row_and_the_line_stays_under_the_third(
    decider: factories.User, open_page: Callable[..., Page]
) -> None:
    page = opened(open_page, decider)
    assert shown(page) == ["王金山", "周亚平", "张毅", "—", "张永忠"]
    grip = page.locator(".w-grip").nth(3).bounding_box()
    top = page.locator("table.w-placing tbody tr").first.bounding_box()
    assert grip
    assert top
    page.mouse.move(grip["x"] + 5, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, top["y"] + 3, steps=8)
    page.mouse.up()
    assert shown(page) == ["张永忠", "王金山", "周亚平", "—", "张毅"]
    expect(page.locator("[data-said]")).to_have_text("张永忠劳模创新工作室：第1位，共4位")
    assert saved() == list(NAMES)
    page.get_by_role("button", name="保存排序").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存推荐排序")
    assert saved() == ["张永忠", "王金山", "周亚平", "张毅"]


def test_the_buttons_and_the_typed_place_need_no_mouse(
    decider: factories.User, open_page: Callable[..., Page]
) -> None:
    page = opened(open_page, decider)
    down = page.get_by_role("button", name="下移 王金山劳模创新工作室")
    down.focus()
    page.keyboard.press("Enter")
    expect(down).to_be_focused()
    assert shown(page) == ["周亚平", "王金山", "张毅", "—", "张永忠"]
    place = page.get_by_label("周亚平劳模创新工作室的名次")
    place.fill("3")
    place.press("Enter")
    expect(place).to_be_focused()
    assert shown(page) == ["王金山", "张毅", "周亚平", "—", "张永忠"]
    assert [field.input_value() for field in page.locator("input[name^=place]").all()] == ["1", "2", "3", "4"]
    page.get_by_role("button", name="保存排序").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存推荐排序")
    assert saved() == ["王金山", "张毅", "周亚平", "张永忠"]


def test_without_script_the_buttons_do_the_same(
    decider: factories.User, open_page: Callable[..., Page]
) -> None:
    page = opened(open_page, decider, javascript=False)
    page.get_by_role("button", name="上移 张永忠劳模创新工作室").click()
    expect(page.get_by_role("button", name="上移 张永忠劳模创新工作室")).to_be_focused()
    page.get_by_label("王金山劳模创新工作室的名次").fill("4")
    page.get_by_role("button", name="按填写的名次重排").click()
    assert shown(page) == ["周亚平", "张永忠", "张毅", "—", "王金山"]
    assert saved() == list(NAMES)
    page.get_by_role("button", name="保存排序").click()
    assert saved() == ["周亚平", "张永忠", "张毅", "王金山"]
