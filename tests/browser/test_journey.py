"""One application from draft to certificate, by everybody who takes part, through the pages alone.

Two things are not done on a page: the notice's days pass, and the due work runs.
"""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import zxingcpp
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accreditation.form_steps import STEPS, step_title
from accreditation.models import Application
from accreditation.services.notice import end_due_notices
from accreditation.states import State
from certificates.models import Certificate
from tests.browser import acts
from tests.browser.sample import Sample

LEADER = "周海燕"
STUDIO = f"{LEADER}劳模创新工作室"
RETURN_REASON = "成员名单与社保记录不一致，请核对后补正。"
EXPERTS = ("hanmin", "luojian", "xuwen")


def of_studio(verb: str) -> re.Pattern[str]:
    """Return the words of a button in the studio's row; the studio itself is for those who cannot see the row."""
    return re.compile(rf"{verb}\s*{STUDIO}")


@dataclass
class Stage:
    """The browser pages of everybody in the story, signed in once, and the application that it is about."""

    open_page: Callable[..., Page]
    sample: Sample
    pages: dict[str, Page]

    def page(self, username: str) -> Page:
        """Return somebody's page; "" is a visitor."""
        if username not in self.pages:
            self.pages[username] = self.open_page(user=self.sample.user(username) if username else None)
        return self.pages[username]

    @property
    def application(self) -> Application:
        return self.sample.application(LEADER)

    def is_in(self, state: State) -> bool:
        return self.application.state == state


def test_an_application_comes_from_draft_to_certificate(
    sample: Sample, open_page: Callable[..., Page], live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.BASE_URL = live_server.url
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the sample's passwords
    stage = Stage(open_page, sample, {})

    the_enterprise_fills_in_the_form(stage)
    the_enterprise_submits(stage)
    the_union_returns_it(stage)
    the_enterprise_mends_it(stage)
    the_union_and_the_district_recommend(stage)
    the_city_convenes_a_panel(stage)
    the_experts_score(stage)
    the_city_lists_and_announces_it(stage)
    a_visitor_objects_and_the_city_dismisses(stage)
    the_notice_ends_and_the_city_names(stage)
    file = the_enterprise_fetches_the_certificate(stage, tmp_path)
    the_certificate_says_what_it_should(stage, file)
    everybody_can_verify_it(stage, file, tmp_path)
    the_register_shows_it(stage)
    the_auditor_reads_every_decision(stage)


def the_enterprise_fills_in_the_form(stage: Stage) -> None:
    page = stage.pages["wangqian"] = stage.open_page()
    acts.sign_in(page, "wangqian", stage.sample.passwords["wangqian"])
    page.goto(reverse("applications"))
    page.get_by_role("link", name="新的申报").click()
    page.get_by_label("领军人物姓名").fill(LEADER)
    page.get_by_role("button", name="开始填报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(STUDIO)
    expect(page.locator(".w-note").first).to_contain_text("还不能提交")
    page.goto(reverse("application-step", args=[stage.application.public_id, STEPS[0]]))
    for step in STEPS:
        expect(page.get_by_role("heading", level=1)).to_contain_text(step_title(step))
        acts.fill_in(page, step)
        page.locator('button[name="go"][value="next"]:visible').click()
        expect(page.locator(".w-errors")).to_have_count(0)
    expect(page).to_have_url(re.compile("/check/$"))


def the_enterprise_submits(stage: Stage) -> None:
    page = stage.page("wangqian")
    page.goto(reverse("application-assessment", args=[stage.application.public_id]))
    expect(page.locator("main")).to_contain_text("硬性条件")
    page.goto(reverse("application-check", args=[stage.application.public_id]))
    for words in ("成员3", "场地.png", "降本攻关2"):
        expect(page.locator("main")).to_contain_text(words)
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("status").first).to_contain_text(f"已提交{STUDIO}")
    assert stage.is_in(State.ENTERPRISE_REVIEW)


def the_union_returns_it(stage: Stage) -> None:
    page = stage.page("huangkai")
    page.goto(reverse("desk"))
    page.get_by_role("button", name=of_studio("认领")).click()
    expect(page.locator("main")).to_contain_text("由您持有")
    acts.decide(page, stage.application, "send_back", RETURN_REASON, steps=("team", "mechanism"))
    expect(page.get_by_role("status").first).to_contain_text(f"已退回{STUDIO}")
    assert stage.is_in(State.RETURNED_BY_ENTERPRISE)


def the_enterprise_mends_it(stage: Stage) -> None:
    page = stage.page("wangqian")
    page.goto(reverse("application", args=[stage.application.public_id]))
    expect(page.locator("main")).to_contain_text(RETURN_REASON)
    page.get_by_role("link", name="开始补正").click()
    page.locator('[name="members-0-trade"]').fill("数控车工")
    page.locator('button[value="back"]').click()
    page.get_by_role("link", name="核对并重新提交").click()
    page.get_by_role("button", name="重新提交").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert stage.is_in(State.ENTERPRISE_REVIEW)
    assert stage.application.revision_number == 2


def the_union_and_the_district_recommend(stage: Stage) -> None:
    acts.decide(stage.page("huangkai"), stage.application, "recommend", "已核实，同意推荐。")
    expect(stage.page("huangkai").get_by_role("status").first).to_contain_text(f"已推荐{STUDIO}")
    assert stage.is_in(State.DISTRICT_REVIEW)
    page = stage.page("wenjing")
    page.goto(reverse("desk"))
    page.get_by_role("button", name=of_studio("认领")).click()
    acts.decide(page, stage.application, "recommend", "符合市级申报条件，同意推荐。")
    expect(page.get_by_role("status").first).to_be_visible()
    assert stage.is_in(State.CITY_INTAKE)


def the_city_convenes_a_panel(stage: Stage) -> None:
    page = stage.page("chenliyan")
    page.goto(reverse("review", args=[stage.application.public_id]))
    page.get_by_role("link", name="组成专家组").click()
    page.get_by_role(
        "button", name="签署并组成专家组"
    ).wait_for()  # the list below does not wait for its page
    for box in page.locator('[name="experts"]:enabled').all():
        box.uncheck()
    for username in EXPERTS:
        page.get_by_label(stage.sample.user(username).name).check()
    page.get_by_role("button", name="签署并组成专家组").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert stage.is_in(State.PANEL_SCORING)


def the_experts_score(stage: Stage) -> None:
    for username in EXPERTS:
        acts.score(stage.page(username), stage.application)
    page = stage.page("chenliyan")
    page.goto(reverse("panel", args=[stage.application.public_id]))
    page.get_by_role("button", name="签署并结束评分").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert stage.is_in(State.CITY_DECISION)


def the_city_lists_and_announces_it(stage: Stage) -> None:
    page = stage.page("chenliyan")
    acts.decide(page, stage.application, "approve", "总分和五好均达标。")
    expect(page.get_by_role("status").first).to_be_visible()
    assert stage.is_in(State.LISTED)
    page.goto(reverse("notice-list", args=[stage.application.cycle.code]))
    acts.pick(page, stage.application)
    page.get_by_label("标题").fill("拟命名劳模创新工作室公示（第三批）")
    page.get_by_label("受理异议的联系方式").fill("市总工会劳模工作部，023-63860000")
    page.get_by_role("button", name="签署并公示").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert stage.is_in(State.PUBLIC_NOTICE)


def a_visitor_objects_and_the_city_dismisses(stage: Stage) -> None:
    visitor = stage.page("")
    visitor.goto(reverse("notices"))
    visitor.get_by_role("link", name="第三批").click()
    visitor.get_by_role("link", name=of_studio("提出异议")).click()
    visitor.get_by_label("姓名或单位").fill("吴建国")
    visitor.get_by_label("联系方式").fill("13800000000")
    visitor.get_by_role("textbox", name="理由").fill("其中一项专利的发明人有出入。")
    visitor.get_by_role("button", name="提交异议").click()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("异议已收到")
    assert stage.is_in(State.OBJECTION)

    city = stage.page("chenliyan")
    city.goto(reverse("rulings", args=[stage.application.cycle.code]))
    city.get_by_role("link", name=of_studio("处理")).click()
    expect(city.locator("main")).to_contain_text("其中一项专利的发明人有出入。")
    city.locator('[name="outcome"][value="dismiss"]').check()
    city.get_by_role("textbox", name="理由").fill("经核查，发明人与登记一致。")
    city.get_by_role("button", name="签署处理意见").click()
    expect(city.get_by_role("status").first).to_be_visible()
    assert stage.is_in(State.PUBLIC_NOTICE)
    visitor.reload()
    expect(visitor.locator("main")).to_contain_text("经核查，发明人与登记一致。")


def the_notice_ends_and_the_city_names(stage: Stage) -> None:
    end_due_notices(timezone.now() + timedelta(days=30))
    assert stage.is_in(State.NOTICE_ENDED)
    page = stage.page("chenliyan")
    page.goto(reverse("naming", args=[stage.application.cycle.code]))
    acts.pick(page, stage.application)
    page.get_by_label("文号").fill("渝工发〔2026〕示例9号")
    page.get_by_role("button", name="看正文").click()
    expect(page.locator(".w-document")).to_contain_text(STUDIO)
    page.get_by_role("button", name="签署，命名1个工作室").click()
    expect(page.get_by_role("status").first).to_contain_text("渝工发〔2026〕示例9号")
    assert stage.is_in(State.NAMED)
    call_command("run_due")


def the_enterprise_fetches_the_certificate(stage: Stage, folder: Path) -> Path:
    page = stage.page("wangqian")
    page.goto(reverse("application", args=[stage.application.public_id]))
    with page.expect_download() as download:
        page.get_by_role("link", name="下载证书").click()
    file = folder / "certificate.pdf"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF")
    return file


def certificate(stage: Stage) -> Certificate:
    return stage.application.designation.certificate


def the_certificate_says_what_it_should(stage: Stage, file: Path) -> None:
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True
    ).stdout
    words = re.sub(r"\s", "", text)
    for said in (STUDIO, "重庆金山科技公司", certificate(stage).number, "示例"):
        assert said in words
    picture = file.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", file, picture], check=True)
    (code,) = zxingcpp.read_barcodes(Image.open(picture.with_suffix(".png")))
    page = stage.page("")
    page.goto(code.text)
    expect(page.get_by_role("heading", level=1)).to_have_text("有效")
    expect(page.locator("main")).to_contain_text(STUDIO)


def everybody_can_verify_it(stage: Stage, file: Path, folder: Path) -> None:
    page, issued = stage.page(""), certificate(stage)
    answer = page.get_by_role("heading", level=1)

    by_number(page, issued.number, issued.check_code)
    expect(answer).to_have_text("有效")

    by_file(page, file)
    expect(answer).to_have_text("有效")

    altered = folder / "altered.pdf"
    altered.write_bytes(file.read_bytes() + b"\n")
    by_file(page, altered)
    expect(answer).to_contain_text("不符")

    by_number(page, issued.number.replace("2", "3"), "0000 0000 0000 0000")
    expect(answer).to_have_text("查无此号")


def by_number(page: Page, number: str, check_code: str) -> None:
    page.goto(reverse("verify"))
    page.get_by_label("证书编号").fill(number)
    page.get_by_label("校验码").fill(check_code)
    page.get_by_role("button", name="查验编号").click()


def by_file(page: Page, file: Path) -> None:
    page.goto(reverse("verify"))
    page.get_by_label("或者上传证书文件").set_input_files(file)
    page.get_by_role("button", name="查验文件").click()


def the_register_shows_it(stage: Stage) -> None:
    page = stage.page("")
    page.goto(f"{reverse('register')}?q={LEADER}")
    page.get_by_role("link", name=STUDIO).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(STUDIO)
    expect(page.locator("main")).to_contain_text(certificate(stage).number)


def the_auditor_reads_every_decision(stage: Stage) -> None:
    page = stage.page("liangjing")
    page.goto(f"{reverse('audit')}?q={LEADER}")
    page.get_by_role("link", name=STUDIO).click()
    expect(page.locator("main")).to_contain_text("条事件全部核验成立")
    assert [brief(line) for line in page.locator(".w-time > li p:first-child").all_inner_texts()] == [
        "王倩：开始填写申报",
        "王倩：提交申报",
        "黄凯：认领",
        "黄凯：退回补正",
        "王倩：补正后重新提交",
        "黄凯：推荐",
        "文静：认领",
        "文静：推荐",
        "陈立言：组成专家组3人",
        "韩敏：交评分卡",
        "罗建：交评分卡",
        "许文：交评分卡",
        "陈立言：结束评分",
        "陈立言：列入拟公示名单",
        "陈立言：公示",
        "收到异议",
        "陈立言：异议不成立",
        "公示期满",
        "陈立言：命名",
        f"重庆市总工会 颁发证书{certificate(stage).number}",
        "重庆市总工会 证书文件制成",
    ]


def brief(line: str) -> str:
    """Return who did what, without the office and the circumstances."""
    told = re.match("([^（]+)（.+?，(?:申报|审核|决定)）(.+)", line)
    who, does = told.groups() if told else ("", line)
    return "：".join(part for part in (who, re.split("[，。]", does)[0]) if part)
