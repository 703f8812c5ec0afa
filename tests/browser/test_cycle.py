"""A whole cycle on the pages: twelve applications, three districts, five experts, from opening to certificates.

Nothing is decided but by buttons; on the way everybody uses what an approval system is expected to have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accreditation.models import Application, Cycle, Designation, User
from accreditation.services.notice import end_due_notices
from accreditation.states import State
from tests.browser import acts, branches
from tests.browser.branches import LEADERS, Branch, City

CODE = f"{timezone.localdate().year}"
PLACES = 3
REASON = "材料属实，五好达标。"
NAMED = 8  # of nine that the districts recommend


@dataclass
class Story:
    """The people and applications of this cycle, and the page that each person has open."""

    open_page: Callable[..., Page]
    city: City
    applications: Mapping[str, Application] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, person: User) -> Page:
        """Return the page of somebody who is signed in."""
        if person.username not in self.pages:
            self.pages[person.username] = self.open_page(user=person)
        return self.pages[person.username]

    def go(self, person: User, name: str, *parts: Any) -> Page:
        """Return somebody's page, gone to an address."""
        page = self.page(person)
        page.goto(reverse(name, args=parts))
        return page

    def on(self, person: User, name: str, leader: str) -> Page:
        """Return somebody's page, gone to a page of an application."""
        return self.go(person, name, self.applications[leader].public_id)

    def state(self, leader: str) -> str:
        """Return where an application stands, as the database has it."""
        return Application.objects.get(pk=self.applications[leader].pk).state

    def states(self, branch: Branch) -> list[str]:
        """Return where the applications of a district stand, in the order of `LEADERS`."""
        return [self.state(leader) for leader in LEADERS[branch.district.code]]


@pytest.mark.django_db(transaction=True)
def test_a_cycle_of_twelve_applications_from_three_districts(open_page: Callable[..., Page]) -> None:
    story = Story(open_page, branches.found())

    the_city_opens_the_cycle(story)
    everybody_declares_their_interests(story)
    the_enterprises_submit(story)
    for branch in story.city.branches:
        the_union_recommends_all_at_once(story, branch)
    yubei, nanan, changshou = story.city.branches
    a_task_changes_hands_and_the_ranking_decides(story, yubei)
    somebody_signs_somebody_advises_one_goes_back(story, nanan)
    somebody_stands_in_and_a_decision_is_taken_back(story, changshou)
    the_experts_score(story)
    the_meeting_decides(story)
    what_was_listed_is_announced_and_named(story)
    the_auditor_reads_how_it_went(story)
    people_were_told(story)


def the_city_opens_the_cycle(story: Story) -> None:
    page = story.go(story.city.decider, "cycle-new")
    now = timezone.localtime()
    acts.fill(
        page,
        {
            "code": CODE,
            "title": f"{CODE}年度批次",
            "level": "city",
            "opens_at": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}",
            "closes_at": f"{now + timedelta(days=60):%Y-%m-%dT%H:%M}",
        },
    )
    page.get_by_role("button", name="建立批次").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.goto(reverse("cycle-settings", args=[CODE]))
    acts.fill(page, {f"places-{one.district.code}": PLACES for one in story.city.branches})
    page.get_by_role("button", name="保存名额").click()
    expect(page.get_by_role("status").first).to_be_visible()


def everybody_declares_their_interests(story: Story) -> None:
    for person in story.city.judges:
        page = story.go(person, "declaration", CODE)
        page.locator('[name="whether"][value="none"]').check()
        page.get_by_role("button", name="核对申明").click()
        page.get_by_role("button", name="签署申明").click()
        expect(page.get_by_role("status").first).to_be_visible()


def the_enterprises_submit(story: Story) -> None:
    story.applications = branches.fill_in(story.city, timezone.now())
    people = {person.pk: person for branch in story.city.branches for person in branch.applicants}
    for application in story.applications.values():
        page = story.go(people[application.created_by_id], "application-check", application.public_id)
        page.get_by_role("button", name="提交申报").click()
        expect(page.get_by_role("status").first).to_contain_text("已提交")


def the_union_recommends_all_at_once(story: Story, branch: Branch) -> None:
    page = story.go(branch.union_decider, "desk")
    for box in boxes(page, 4):
        box.check()
    sign_batch(page, "recommend", "已核实，同意推荐。")
    assert story.states(branch) == [State.DISTRICT_REVIEW] * 4


def a_task_changes_hands_and_the_ranking_decides(story: Story, branch: Branch) -> None:
    first, *_rest, last = LEADERS[branch.district.code]
    page = story.on(branch.reviewer, "review", first)
    page.get_by_role("button", name="认领", exact=True).click()
    expect(page.locator("main")).to_contain_text("放回待办")
    page.get_by_role("link", name="转办", exact=True).click()
    page.get_by_label(branch.decider.name).check()
    page.get_by_role("textbox", name="附言").fill("烦请主任办理。")
    page.get_by_role("button", name="转办", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()

    page = story.go(branch.decider, "ranking", CODE, branch.district.code)
    for _step in range(3):  # the last to the top
        page.locator(f'[name="move"][value="up:{story.applications[last].public_id}"]').click()
    expect(page.locator(".w-placing tbody tr").first).to_have_attribute("data-name", f"{last}劳模创新工作室")
    page.get_by_role("button", name="保存排序").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.get_by_role("link", name="推荐名额内的3件").click()
    sign_batch(page, "", REASON)
    left_over = LEADERS[branch.district.code][2]
    assert [leader for leader in LEADERS[branch.district.code] if story.state(leader) == "city_intake"] == [
        leader for leader in LEADERS[branch.district.code] if leader != left_over
    ]
    acts.decide(page, story.applications[left_over], "recommend", REASON)
    expect(page.locator("main")).to_contain_text("名额3，已推荐3，再推荐1件将超出1件")
    reject(story, branch, left_over)


def somebody_signs_somebody_advises_one_goes_back(story: Story, branch: Branch) -> None:
    signed, advised, returned, rejected = LEADERS[branch.district.code]
    page = story.on(branch.decider, "signing-new", signed)
    page.get_by_role("checkbox", name=branch.reviewer.name).check()
    for name, value in (("way", "at_once"), ("placement", "before"), ("mode", "all")):
        page.locator(f'[name="{name}"][value="{value}"]').check()
    page.get_by_role("button", name="加签", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()
    other = story.on(branch.reviewer, "review", signed)
    other.locator('[name="verdict"][value="agree"]').check()
    other.get_by_role("button", name="签署", exact=True).click()
    expect(other.get_by_role("status").first).to_be_visible()
    recommend(story, branch.decider, signed)

    page = story.on(branch.decider, "review", advised)
    page.get_by_role("button", name="认领", exact=True).click()
    page.get_by_role("link", name="委派", exact=True).click()
    page.get_by_label(branch.reviewer.name).check()
    page.get_by_role("textbox", name="要问的事").fill("专利是否都在有效期内。")
    page.get_by_role("button", name="委派", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()
    other = story.on(branch.reviewer, "advise", advised)
    other.get_by_role("textbox", name="您的意见").fill("28项均有效。")
    other.get_by_role("button", name="签署并提交意见").click()
    expect(other.get_by_role("status").first).to_be_visible()
    recommend(story, branch.decider, advised)

    it_goes_back_and_comes_again(story, branch, returned)
    recommend(story, branch.decider, returned)
    reject(story, branch, rejected)


def it_goes_back_and_comes_again(story: Story, branch: Branch, leader: str) -> None:
    application = story.applications[leader]
    page = story.page(branch.decider)
    acts.decide(page, application, "send_back", "补充成员工种。", steps=("team",))
    expect(page.get_by_role("status").first).to_be_visible()
    assert story.state(leader) == State.RETURNED_BY_DISTRICT
    applicant = next(one for one in branch.applicants if one.pk == application.created_by_id)
    page = story.go(applicant, "application-step", application.public_id, "team")
    page.locator('[name="members-0-trade"]').fill("数控车工")
    page.locator('button[value="back"]').click()
    page.get_by_role("link", name="核对并重新提交").click()
    page.get_by_role("button", name="重新提交").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page = story.on(branch.decider, "review", leader)
    expect(page.locator("main")).to_contain_text("数控车工")


def somebody_stands_in_and_a_decision_is_taken_back(story: Story, branch: Branch) -> None:
    for_another, taken_back, reminded, recused = LEADERS[branch.district.code]
    page = story.go(branch.decider, "substitution-new", branch.district.code)
    today = timezone.localdate()
    page.get_by_label("谁外出").select_option(label=branch.decider.name)
    page.get_by_label("由谁代理").select_option(label=branch.reviewer.name)
    acts.fill(page, {"starts_on": f"{today:%Y-%m-%d}", "ends_on": f"{today + timedelta(days=3):%Y-%m-%d}"})
    page.get_by_role("button", name="设置代理").click()
    expect(page.get_by_role("status").first).to_be_visible()
    recommend(story, branch.reviewer, for_another)  # only the decider may; the reviewer does it for them

    recommend(story, branch.decider, taken_back)
    page = story.on(branch.decider, "recall", taken_back)
    page.get_by_role("button", name="拿回").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert story.state(taken_back) == State.DISTRICT_REVIEW
    recommend(story, branch.decider, taken_back)

    applicant = branch.applicants[2]
    page = story.on(applicant, "application", reminded)
    page.get_by_role("button", name="催办").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page = story.on(branch.decider, "copy", reminded)
    page.get_by_label(branch.reviewer.name).check()
    page.get_by_role("button", name="抄送", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()
    recommend(story, branch.decider, reminded)

    page = story.on(branch.reviewer, "recuse", recused)
    page.get_by_role("textbox", name="回避的理由").fill("与领军人物是师徒。")
    page.locator("main form button.btn-seal").click()
    expect(page.get_by_role("status").first).to_be_visible()
    reject(story, branch, recused)


def the_experts_score(story: Story) -> None:
    waiting = [leader for leader in story.applications if story.state(leader) == State.CITY_INTAKE]
    assert len(waiting) == 9
    seats: dict[str, list[str]] = {person.username: [] for person in story.city.experts}
    for number, leader in enumerate(waiting):
        seated = [story.city.experts[(number + place) % 5] for place in range(3)]
        page = story.on(story.city.decider, "panel", leader)
        for box in page.locator('[name="experts"]').all():
            box.set_checked(box.get_attribute("value") in {str(one.public_id) for one in seated})
        page.get_by_role("button", name="签署并组成专家组").click()
        expect(page.get_by_role("status").first).to_be_visible()
        for person in seated:
            seats[person.username].append(leader)
    for person in story.city.experts:
        for leader in seats[person.username]:
            acts.score(story.page(person), story.applications[leader])
    for leader in waiting:
        page = story.on(story.city.decider, "panel", leader)
        page.get_by_role("button", name="签署并结束评分").click()
        expect(page.get_by_role("status").first).to_be_visible()
        assert story.state(leader) == State.CITY_DECISION


def the_meeting_decides(story: Story) -> None:
    page = story.go(story.city.decider, "meeting-list", CODE)
    expect(page.locator("main")).to_contain_text("待审定9个")
    page.get_by_role("link", name="录入会议决定").click()
    acts.fill(
        page,
        {
            "title": "第三次评审会议",
            "held_on": f"{timezone.localdate():%Y-%m-%d}",
            "people": "陈立言、宋洁、梁静",
            "reason": "会议研究同意。",
        },
    )
    refused = LEADERS["NA"][1]
    for leader, application in story.applications.items():
        if story.state(leader) == State.CITY_DECISION:
            decision = "reject" if leader == refused else "approve"
            page.locator(f'[name="decision-{application.public_id}"]').select_option(decision)
    page.get_by_role("button", name="看结果").click()
    page.get_by_role("button", name="签署会议决定，9件").click()
    expect(page.get_by_role("status").first).to_be_visible()
    listed = [leader for leader in story.applications if story.state(leader) == State.LISTED]
    assert (len(listed), story.state(refused)) == (NAMED, State.REJECTED)


def what_was_listed_is_announced_and_named(story: Story) -> None:
    page = story.go(story.city.decider, "notice-list", CODE)
    for box in boxes(page, NAMED):
        box.check()
    page.get_by_label("标题").fill("拟命名劳模创新工作室公示")
    page.get_by_label("受理异议的联系方式").fill("市总工会劳模工作部，023-63860000")
    page.get_by_role("button", name="签署并公示").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert end_due_notices(timezone.now() + timedelta(days=30)) == NAMED
    page.goto(reverse("naming", args=[CODE]))
    for box in boxes(page, NAMED):
        box.check()
    page.get_by_label("文号").fill("渝工发〔2026〕示例30号")
    page.get_by_role("button", name="看正文").click()
    page.get_by_role("button", name=f"签署，命名{NAMED}个工作室").click()
    expect(page.get_by_role("status").first).to_be_visible()
    call_command("run_due")
    certified = Designation.objects.filter(application__cycle=Cycle.objects.get(code=CODE))
    assert certified.exclude(certificate=None).count() == NAMED
    visitor = story.open_page()
    visitor.goto(f"{reverse('register')}?q={LEADERS['CS'][0]}")
    expect(visitor.locator("main")).to_contain_text(f"{LEADERS['CS'][0]}劳模创新工作室")


def the_auditor_reads_how_it_went(story: Story) -> None:
    told = {
        LEADERS["YB"][0]: ("转办",),
        LEADERS["NA"][0]: ("加签", "同意"),
        LEADERS["NA"][1]: ("委派", "28项均有效"),
        LEADERS["NA"][2]: ("退回补正", "重新提交"),
        LEADERS["CS"][0]: (f"代{story.city.branches[2].decider.name}",),
        LEADERS["CS"][1]: ("拿回",),
        LEADERS["CS"][2]: ("催办", "抄送"),
        LEADERS["CS"][3]: ("回避", "与领军人物是师徒"),
    }
    for leader, words in told.items():
        page = story.on(story.city.auditor, "timeline", leader)
        expect(page.locator("main")).to_contain_text("条事件全部核验成立")
        for word in words:
            expect(page.locator("main")).to_contain_text(word)


def people_were_told(story: Story) -> None:
    applicant = story.city.branches[2].applicants[0]
    page = story.go(applicant, "notifications")
    expect(page.locator("main")).to_contain_text("命名")


# ── What several of them do ──────────────────────────────────────────────────────────────────────────────


def boxes(page: Page, count: int) -> list[Any]:
    """Return the boxes of a list, once all of them are there."""
    found = page.locator('[name="applications"]')
    expect(found).to_have_count(count)
    return found.all()


def sign_batch(page: Page, decision: str, reason: str) -> None:
    """Go from the desk to the preview of a batch (or start on it), give the common reason, sign."""
    if decision:
        page.locator(f'#batch [name="decision"][value="{decision}"]').click()
    page.get_by_role("textbox", name="理由", exact=True).or_(page.locator('[name="reason"]')).first.fill(
        reason
    )
    page.locator('button[name="act"][value="sign"]').click()
    expect(page.get_by_role("status").first).to_contain_text("都已办")


def recommend(story: Story, person: User, leader: str) -> None:
    """Recommend one on its own page."""
    page = story.page(person)
    acts.decide(page, story.applications[leader], "recommend", REASON)
    expect(page.get_by_role("status").first).to_contain_text("已推荐")
    assert story.state(leader) == State.CITY_INTAKE


def reject(story: Story, branch: Branch, leader: str) -> None:
    """Refuse one on its own page."""
    page = story.page(branch.decider)
    acts.decide(page, story.applications[leader], "reject", "名额已满，今年不推荐。")
    expect(page.get_by_role("status").first).to_be_visible()
    assert story.state(leader) == State.REJECTED
