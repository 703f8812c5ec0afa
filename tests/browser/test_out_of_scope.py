"""An address of another organisation's application answers 404, whoever types it: pages, files and actions."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accreditation.models import Evidence, Scorecard
from tests.browser.sample import Sample

POST = """async ([address, token]) => {
  const body = new URLSearchParams({csrfmiddlewaretoken: token, version: "1", decision: "recommend", reason: "越权"});
  return (await fetch(address, {method: "POST", body})).status;
}"""
PAGES = (
    "review",
    "application",
    "timeline",
    "as-it-stood",
    "revision-compare",
    "panel",
    "ruling",
    "scorecard",
    "site-visits",
    "site-visit-new",
    "certificate",
    "application-check",
    "assign",
    "transfer",
    "delegate",
    "advise",
    "copy",
)
ACTIONS = (
    *(
        "decide",
        "claim",
        "release",
        "application-submit",
        "application-withdraw",
        "panel-conclude",
        "panel-discuss",
        "scorecard-draft",
    ),
    *("assign", "unassign", "transfer", "take-back", "delegate", "advise", "withdraw-delegation"),
    *("remind", "application-remind", "copy"),
)
LEADERS = ("王金山", "张永忠", "米钰林")
"""Three states of the sample, none of them of 南岸区 or of 清风社区."""


@pytest.fixture(params=["dengchuan", "xiaoning"])
def stranger(request: pytest.FixtureRequest, sample: Sample, open_page: Callable[..., Page]) -> Page:
    """A page of another district's reviewer; of another enterprise's applicant."""
    page = open_page(user=sample.user(request.param))
    page.goto(reverse("account"))
    return page


def test_pages_answer_404_in_words(sample: Sample, stranger: Page) -> None:
    for leader in LEADERS:
        for name in PAGES:
            answer = stranger.goto(sample.address(name, leader))
            assert answer is not None
            assert (name, answer.status) == (name, 404)
            expect(stranger.get_by_role("heading", level=1)).to_have_text("没有这个页面")
        answer = stranger.goto(sample.address("revision", leader, 1))
        assert answer is not None
        assert answer.status == 404


def test_files_and_cards_answer_404(sample: Sample, stranger: Page) -> None:
    for leader in LEADERS:
        application = sample.application(leader)
        cards = Scorecard.objects.filter(application=application)[:1]
        addresses = [
            *(
                reverse("evidence", args=[one.public_id])
                for one in Evidence.objects.filter(application=application)[:2]
            ),
            *(reverse("card", args=[application.public_id, card.public_id]) for card in cards),
        ]
        assert addresses
        statuses = [
            stranger.evaluate("async address => (await fetch(address)).status", one) for one in addresses
        ]
        assert statuses == [404] * len(addresses)


def test_actions_answer_404_and_change_nothing(sample: Sample, stranger: Page) -> None:
    token = stranger.locator("[name=csrfmiddlewaretoken]").first.input_value()
    before = [(one.state, one.version) for one in map(sample.application, LEADERS)]
    for leader in LEADERS:
        addresses = [
            *(sample.address(name, leader) for name in ACTIONS),
            sample.address("application-step", leader, "team"),
        ]
        assert {address: stranger.evaluate(POST, [address, token]) for address in addresses} == dict.fromkeys(
            addresses, 404
        )
    assert [(one.state, one.version) for one in map(sample.application, LEADERS)] == before


def test_a_visitor_is_asked_to_sign_in(sample: Sample, page: Page) -> None:
    for name in ("review", "application", "timeline", "panel"):
        page.goto(sample.address(name, "王金山"))
        expect(page.get_by_role("heading", level=1)).to_have_text("登录")
