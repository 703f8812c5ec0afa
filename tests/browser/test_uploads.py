"""Files that cannot be taken are refused in words, and nothing that was typed is lost."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accreditation.models import Evidence
from tests.browser import acts
from tests.browser.sample import Sample

LEADER = "庞宇来"
MEGABYTE = 1024 * 1024
TYPED = "主持完成两项气矿集输工艺改进，2024年起推广到三个作业区。"


@pytest.fixture
def form(sample: Sample, open_page: Callable[..., Page]) -> Page:
    """The leader's step of the draft, with something typed."""
    page = open_page(user=sample.user("mali"))
    page.goto(sample.address("application-step", LEADER, "leader"))
    page.locator('[name="results"]').fill(TYPED)
    return page


def save(page: Page) -> int:
    """Press the saving button; return the status of the answer."""
    with page.expect_navigation() as answer:
        page.locator('button[name="go"][value="next"]:visible').click()
    assert answer.value is not None
    return answer.value.status


def test_a_file_of_25_mb_is_refused_in_words_and_the_text_is_kept(
    sample: Sample, form: Page, tmp_path: Path
) -> None:
    before = Evidence.objects.filter(application=sample.application(LEADER)).count()
    large = tmp_path / "证书.pdf"
    large.write_bytes(b"%PDF-1.4\n" + bytes(25 * MEGABYTE))
    form.set_input_files('[name="file-honour"]', large)
    assert save(form) == 422
    expect(form.locator(".w-errors")).to_contain_text("“证书.pdf”为25MB，单个文件不超过20MB")
    expect(form.locator('[name="results"]')).to_have_value(TYPED)
    assert Evidence.objects.filter(application=sample.application(LEADER)).count() == before


def test_a_program_that_is_called_a_picture_is_refused_and_the_picture_beside_it_is_taken(
    sample: Sample, form: Page
) -> None:
    before = Evidence.objects.filter(application=sample.application(LEADER)).count()
    program = {"name": "证书.png", "mimeType": "image/png", "buffer": b"MZ\x90\x00" + bytes(4096)}
    picture = {"name": "表彰文件.png", "mimeType": "image/png", "buffer": acts.picture()}
    form.set_input_files('[name="file-honour"]', [program, picture])
    assert save(form) == 422
    expect(form.locator(".w-errors")).to_contain_text("证书.png")
    expect(form.locator("#evidence-honour")).to_contain_text("表彰文件.png")
    assert Evidence.objects.filter(application=sample.application(LEADER)).count() == before + 1


def test_a_file_that_was_attached_opens_and_can_be_removed(sample: Sample, form: Page) -> None:
    form.set_input_files(
        '[name="file-honour"]', {"name": "表彰.png", "mimeType": "image/png", "buffer": acts.picture()}
    )
    form.locator('button[name="go"][value="back"]').click()
    form.goto(sample.address("application-step", LEADER, "leader"))
    expect(form.locator('[name="results"]')).to_have_value(TYPED)
    attached = form.locator("#evidence-honour li", has_text="表彰.png")
    answer = form.request.get(attached.get_by_role("link").get_attribute("href") or "")
    assert (answer.status, answer.headers["content-type"], answer.body()) == (
        200,
        "image/png",
        acts.picture(),
    )
    attached.get_by_role("button").click()
    expect(attached).to_have_count(0)
