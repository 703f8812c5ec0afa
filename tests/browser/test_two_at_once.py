"""Somebody was quicker, or one was too quick oneself: nothing is written twice, nothing typed is lost."""

import re
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accreditation.models import Objection, Organisation
from accreditation.services.offices import set_grants
from accreditation.states import State
from tests.browser import acts
from tests.browser.sample import Sample
from workflows.actors import SYSTEM
from workflows.models import Event

LEADER = "王金山"
STUDIO = f"{LEADER}劳模创新工作室"
"""Of the sample: before the district for the second time; 何秋 may return it, 文静 may decide."""
REASON = "第2版已补齐，同意推荐。"


def decisions(sample: Sample) -> list[str]:
    """Return what was done since the second submission."""
    events = Event.objects.filter(stream=sample.application(LEADER).stream).order_by("sequence")
    words = [event.action for event in events]
    return words[words.index("resubmit") + 1 :]


def test_of_two_who_decide_at_once_the_second_reads_who_decided_and_keeps_the_reason(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    first, second = open_page(user=sample.user("wenjing")), open_page(user=sample.user("heqiu"))
    for page in (first, second):
        page.goto(sample.address("review", LEADER))
    acts.choose(first, "recommend", REASON)
    acts.choose(second, "send_back", "立项书仍只有封面。")
    first.get_by_role("button", name="签署并推荐").click()
    expect(first.get_by_role("status").first).to_contain_text(f"已推荐{STUDIO}")

    with second.expect_navigation() as answer:
        second.get_by_role("button", name="签署并退回").click()
    assert answer.value.status == 409
    expect(second.get_by_role("heading", level=1)).to_have_text(re.compile(r"这一件已由文静于.+推荐"))
    expect(second.locator("textarea")).to_have_value("立项书仍只有封面。")
    assert decisions(sample) == ["recommend"]


def test_of_two_who_claim_at_once_the_second_reads_who_holds_it(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    first, second = open_page(user=sample.user("wenjing")), open_page(user=sample.user("heqiu"))
    for page in (first, second):
        page.goto(sample.address("review", LEADER))
    first.get_by_role("button", name="认领", exact=True).click()
    expect(first.locator("main")).to_contain_text("由您持有")
    with second.expect_navigation() as answer:
        second.get_by_role("button", name="认领", exact=True).click()
    assert answer.value.status == 409
    expect(second.get_by_role("heading", level=1)).to_contain_text("文静")
    assert decisions(sample) == ["claim"]


def test_of_an_applicant_who_withdraws_and_a_reviewer_who_decides_the_second_is_told(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    reviewer, applicant = open_page(user=sample.user("wenjing")), open_page(user=sample.user("wangqian"))
    reviewer.goto(sample.address("review", LEADER))
    acts.choose(reviewer, "recommend", REASON)
    applicant.goto(sample.address("application-withdraw", LEADER))
    acts.fill(applicant, {"reason": "场地将搬迁。"})
    reviewer.get_by_role("button", name="签署并推荐").click()
    expect(reviewer.get_by_role("status").first).to_contain_text("已推荐")
    applicant.get_by_role("button", name="撤回申报").click()
    expect(applicant.get_by_role("heading", level=1)).to_have_text(re.compile(r"这一件已由文静于.+推荐"))
    expect(applicant.locator("textarea")).to_have_value("场地将搬迁。")
    assert decisions(sample) == ["recommend"]


def test_of_two_who_fill_in_the_same_step_the_second_is_told_and_keeps_what_was_typed(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("mali"))
    other = page.context.new_page()
    for tab, words in ((page, "先写的"), (other, "后写的")):
        tab.goto(sample.address("application-step", "庞宇来", "leader"))
        tab.locator('[name="results"]').fill(words)
    page.locator('button[value="back"]').click()
    other.locator('button[value="back"]').click()
    expect(other.get_by_role("alert").first).to_contain_text("在另一个页面保存过这份申报")
    expect(other.locator('[name="results"]')).to_have_value("后写的")
    assert sample.application("庞宇来").results == "先写的"
    other.locator('button[value="back"]').click()
    expect(other.get_by_role("status").first).to_contain_text("已存")
    assert sample.application("庞宇来").results == "后写的"


def test_a_double_click_signs_once(sample: Sample, open_page: Callable[..., Page]) -> None:
    page = open_page(user=sample.user("wenjing"))
    page.goto(sample.address("review", LEADER))
    acts.choose(page, "recommend", REASON)
    page.get_by_role("button", name="签署并推荐").dblclick()
    expect(page.get_by_role("status").first).to_contain_text(f"已推荐{STUDIO}")
    assert decisions(sample) == ["recommend"]


def test_a_form_sent_from_two_tabs_counts_once_and_says_so(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("wenjing"))
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(sample.address("review", LEADER))
        acts.choose(tab, "recommend", REASON)
    page.get_by_role("button", name="签署并推荐").click()
    expect(page.get_by_role("status").first).to_contain_text("已推荐")
    other.get_by_role("button", name="签署并推荐").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(re.compile(r"这一件您已于.+推荐"))
    expect(other.locator("main")).to_contain_text("已经写入一次，重复的提交没有写入。")
    assert decisions(sample) == ["recommend"]


def test_going_back_after_deciding_does_not_decide_again(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("wenjing"))
    page.goto(sample.address("review", LEADER))
    acts.choose(page, "recommend", REASON)
    page.get_by_role("button", name="签署并推荐").click()
    expect(page.get_by_role("status").first).to_contain_text("已推荐")
    page.go_back()
    sign = page.locator("[data-repeats]")
    if sign.count():  # the browser kept the page
        acts.choose(page, "reject", "再看一遍。")
        sign.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"这一件您已于.+推荐"))
    else:
        expect(page.locator("#decide")).to_contain_text("推荐")
    assert decisions(sample) == ["recommend"]


def test_a_grant_taken_away_while_the_page_is_open_refuses_and_keeps_the_reason(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("wenjing"))
    page.goto(sample.address("review", LEADER))
    acts.choose(page, "recommend", REASON)
    give(sample, "wenjing", {"review"})
    with page.expect_navigation() as answer:
        page.get_by_role("button", name="签署并推荐").click()
    assert answer.value.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("不能由您办理")
    expect(page.locator("textarea")).to_have_value(REASON)
    assert decisions(sample) == []


def test_who_was_signed_out_meanwhile_comes_back_to_the_page(
    sample: Sample, open_page: Callable[..., Page], settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the sample's passwords
    page = open_page(user=sample.user("wenjing"))
    page.goto(sample.address("review", LEADER))
    acts.choose(page, "recommend", REASON)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="签署并推荐").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录已经结束")
    expect(page.get_by_text(REASON)).to_be_visible()  # what was typed is not lost
    page.locator("main").get_by_role("link", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    acts.give_password(page, "wenjing", sample.passwords["wenjing"])
    expect(page).to_have_url(re.compile(f"{sample.address('review', LEADER)}$"))
    expect(page.locator("[data-repeats]")).to_be_visible()
    assert decisions(sample) == []


def test_with_the_last_grant_the_application_goes_out_of_sight(
    sample: Sample, open_page: Callable[..., Page]
) -> None:
    page = open_page(user=sample.user("wenjing"))
    page.goto(sample.address("review", LEADER))
    acts.choose(page, "recommend", REASON)
    give(sample, "wenjing", set())
    with page.expect_navigation() as answer:
        page.get_by_role("button", name="签署并推荐").click()
    assert answer.value.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这个页面")
    assert decisions(sample) == []


def test_a_double_click_files_one_objection(sample: Sample, page: Page) -> None:
    announced = sample.application("张毅")
    assert announced.state == State.PUBLIC_NOTICE
    page.goto(reverse("objection", args=[announced.notice.public_id, announced.public_id]))
    acts.fill(page, {"name": "吴建国", "contact": "13800000000", "grounds": "专利的发明人有出入。"})
    page.get_by_role("button", name="提交异议").dblclick()
    expect(page.get_by_role("heading", level=1)).to_contain_text("异议已收到")
    assert Objection.objects.filter(application=announced).count() == 1


def give(sample: Sample, username: str, grants: set[str]) -> None:
    """Let somebody of 渝北区 hold exactly these grants from now on."""
    set_grants(
        Organisation.objects.get(code="YB"), sample.user(username), grants, by=SYSTEM, at=timezone.now()
    )
