"""Every page works without JavaScript."""

import re
from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect

from accreditation.states import State
from tests.browser import acts
from tests.browser.sample import Sample


def test_a_step_is_filled_in_with_one_row_more_and_saved(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("mali"), javascript=False)
    page.goto(sample.address("application-step", "庞宇来", "team"))
    rows = page.locator("table#members tbody tr")
    count = rows.count()
    page.locator('[name="members-0-trade"]').fill("采气工")
    page.get_by_role("button", name="添加一名成员").click()
    expect(rows).to_have_count(count + 1)
    expect(page.locator('[name="members-0-trade"]')).to_have_value("采气工")
    acts.fill(page, {f"members-{count}-name": "新成员", f"members-{count}-trade": "集输工"})
    page.locator('button[value="back"]').click()
    members = sample.application("庞宇来").members.order_by("order")
    assert (members[0].trade, members[len(members) - 1].name) == ("采气工", "新成员")


def test_a_row_is_removed_and_the_others_stay(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("mali"), javascript=False)
    page.goto(sample.address("application-step", "庞宇来", "team"))
    second = page.locator('[name="members-1-name"]').input_value()
    page.locator('button[name="members-0-DELETE"]').click()
    expect(page.locator('[name="members-0-name"]')).to_have_value(second)


def test_a_mistake_is_told_and_a_second_try_is_saved(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("mali"), javascript=False)
    page.goto(sample.address("application-step", "庞宇来", "team"))
    page.locator('[name="members-0-birth_year"]').fill("八六")
    page.locator('button[value="next"]:visible').click()
    expect(page.locator(".w-errors")).to_contain_text("第1名成员")
    page.locator(".w-errors a").first.click()
    page.locator('[name="members-0-birth_year"]').fill("1986")
    page.locator('button[value="next"]:visible').click()
    expect(page).to_have_url(re.compile("/step/functions/$"))


def test_a_reviewer_returns_an_application(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("wenjing"), javascript=False)
    acts_on = sample.application("王金山")
    page.goto(reverse("review", args=[acts_on.public_id]))
    acts.choose(page, "send_back", "立项书仍只有封面。", steps=("topics",))
    page.locator("#decide button[data-repeats]").click()
    expect(page.get_by_role("status").first).to_contain_text("已退回王金山劳模创新工作室")
    assert sample.application("王金山").state == State.RETURNED_BY_DISTRICT


def test_an_expert_keeps_a_card_and_hands_it_in(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("tangli"), javascript=False)
    acts.score(page, sample.application("张永忠"))
    expect(page.get_by_role("status").first).to_contain_text("已交张永忠劳模创新工作室的评分卡")


def test_a_visitor_verifies_a_number_that_nobody_knows(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(javascript=False)
    page.goto(reverse("verify"))
    page.get_by_label("证书编号").fill("渝劳模创〔2026〕第9999号")
    page.get_by_label("校验码").fill("0000000000000000")
    page.get_by_role("button", name="查验编号").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("查无此号")
