"""Every answer of the public verification, as somebody sees it who holds the paper, the code or the file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.urls import reverse
from playwright.sync_api import Page, expect

from certificates.limits import QUESTIONS
from certificates.models import Certificate
from certificates.proofs import Fault
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.sample import Sample

WIDTH = "document.scrollingElement.scrollWidth"


@dataclass
class Visitor:
    """Somebody who verifies, and what is wrong with the pages that they saw."""

    page: Page
    serious_faults: Callable[[Page], list[str]]
    faults: list[str]

    def reads(self, *words: str) -> None:
        """Look at the answer, on a desk and on a phone."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words[0])
        for word in words[1:]:
            expect(self.page.locator("main")).to_contain_text(word)
        for size in (PHONE, DESKTOP):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.faults += [f"{words[0]}: {fault}" for fault in self.serious_faults(self.page)]
            if (width := self.page.evaluate(WIDTH)) > size["width"]:
                self.faults.append(f"{words[0]} is {width} wide at {size['width']}")

    def scans(self, certificate: Certificate) -> None:
        self.page.goto(certificate.get_absolute_url())

    def asks(self, number: str, code: str) -> None:
        self.page.goto(reverse("verify"))
        self.page.get_by_label("证书编号").fill(number)
        self.page.get_by_label("校验码").fill(code)
        self.page.get_by_role("button", name="查验编号").click()

    def drops(self, content: bytes) -> None:
        self.page.goto(reverse("verify"))
        self.page.get_by_label("或者上传证书文件").set_input_files(
            {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": content}
        )
        self.page.get_by_role("button", name="查验文件").click()


@pytest.fixture
def visitor(
    sample: Sample, open_page: Callable[..., Page], serious_faults: Callable[[Page], list[str]]
) -> Visitor:
    return Visitor(open_page(), serious_faults, [])


@contextmanager
def instead(name: str, answer: Any) -> Iterator[None]:
    """Within the block a function answers so; an exception is raised."""

    def other(*_arguments: object, **_named: object) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name, other)
        yield


def sign(page: Page, certificate: Certificate, act: str, button: str, values: dict[str, str]) -> None:
    """End a certificate through the office's pages: the form, what will be, the signature."""
    page.goto(reverse("certificate-record", args=[certificate.public_id]))
    page.get_by_role("link", name=act, exact=True).click()
    for label, value in values.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="下一步，核对").click()
    expect(page.locator("main")).to_contain_text("还没有写入。签署后不能撤回。")
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status").first).to_contain_text(certificate.number)


def test_every_answer_is_seen_for_what_it_is(
    sample: Sample, visitor: Visitor, open_page: Callable[..., Page]
) -> None:
    office = open_page(user=sample.user("chenliyan"))
    first, second = Certificate.objects.order_by("pk")
    content = Path(first.file.path).read_bytes()

    visitor.asks(first.number, first.check_code_groups.lower())
    visitor.reads("有效", first.studio_name, "证明成立")
    visitor.drops(content)
    visitor.reads("有效", "您上传的就是")
    visitor.asks(first.number, second.check_code)
    visitor.reads("查无此号", "核对编号和校验码")
    visitor.drops(content + b" ")
    visitor.reads("文件与存档不符", first.number)
    visitor.drops(b"%PDF-1.7")
    visitor.reads("查无此件")

    why = {"理由": "领军人物调离，工作室停止运行。"}
    sign(office, second, "撤销", "签署，撤销证书", why)
    visitor.scans(second)
    visitor.reads("已撤销", *why.values())

    corrected = {"单位名称": "中国石化集团重庆川维化工有限公司", "理由": "单位已经更名。"}
    sign(office, first, "更正重发", "签署，更正重发", corrected)
    new = Certificate.objects.get(predecessor_ending__certificate=first)
    visitor.scans(new)
    visitor.reads("证书制作中")
    visitor.scans(first)
    visitor.reads("有效")
    call_command("run_due")
    visitor.drops(content)
    visitor.reads("已被更新", "您上传的就是", "单位已经更名。")
    visitor.page.get_by_role("link", name=new.number).click()
    visitor.reads("有效", "中国石化集团重庆川维化工有限公司")

    with instead("certificates.models.Certificate.has_expired", True):
        visitor.scans(new)
        visitor.reads("已到期")
    with instead("certificates.registry.proofs.fault_of", Fault.RECORD):
        visitor.scans(new)
        visitor.reads("存证不成立", "请勿采信")
    with instead("certificates.registry.archive.is_intact", False):
        visitor.scans(new)
        visitor.reads("暂时查不到证书状态", "这不表示证书有效或无效")
    with instead("certificates.registry.find", OperationalError("gone")):
        visitor.scans(new)
        visitor.reads("暂时查不到证书状态", "这不表示证书有效或无效")
    with instead("certificates.limits.client_address", "198.51.100.9"):
        for _count in range(QUESTIONS.most):
            QUESTIONS.count("198.51.100.9")
        visitor.asks(new.number, new.check_code)
        visitor.reads("查验太频繁", "这不表示证书有效或无效")
    assert visitor.faults == []
