"""What people do on the pages, each a function of the browser page in front of them.

Nothing here calls a service. Fields are found as the pages name them; buttons and links by their words.
"""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from accreditation import rubric
from accreditation.form_fields import TABLES
from accreditation.forms.scorecard import mark_name
from accreditation.models import Application
from accreditation.services.draft import FIELDS
from tests import factories

BUTTONS = {
    "recommend": "签署并推荐",
    "approve": "签署并列入名单",
    "send_back": "签署并退回",
    "reject": "签署不予推荐",
}
ADDING = {
    "namings": "添加一次命名",
    "members": "添加一名成员",
    "pairs": "添加一对师徒",
    "promotions": "添加一项晋升",
    "topics": "添加一项课题",
    "patents": "添加一项专利",
    "awards": "添加一项获奖",
    "conversions": "添加一项转化",
    "trainings": "添加一项培训或交流",
}
KINDS = "names => names.map(name => document.querySelector(`[name='${name}']`)?.type)"
MOST_ROWS = 4  # of a table; three members are the least
EVIDENCE = {
    "leader": ("honour",),
    "functions": ("site",),
    "topics": ("registration",),
    "mechanism": ("rules",),
}


def picture() -> bytes:
    """Return a small real PNG."""
    written = BytesIO()
    Image.new("RGB", (320, 240), "#a31f1c").save(written, "PNG")
    return written.getvalue()


FILES = {
    "site": {"name": "场地.png", "mimeType": "image/png", "buffer": picture()},
    "honour": {"name": "证书.pdf", "mimeType": "application/pdf", "buffer": factories.PDF + b"honour"},
    "registration": {
        "name": "立项书.pdf",
        "mimeType": "application/pdf",
        "buffer": factories.PDF + b"topics",
    },
    "rules": {"name": "制度.pdf", "mimeType": "application/pdf", "buffer": factories.PDF + b"rules"},
}


def sign_in(page: Page, username: str, password: str) -> None:
    """Go to the sign-in page and sign in."""
    page.goto(reverse("login"))
    give_password(page, username, password)
    expect(page.locator(".w-who")).to_be_visible()


def give_password(page: Page, username: str, password: str) -> None:
    """Fill in the sign-in page and send it."""
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def fill(page: Page, values: Mapping[str, Any]) -> None:
    """Fill controls by their names."""
    kinds = page.evaluate(KINDS, list(values))
    for (name, value), kind in zip(values.items(), kinds, strict=True):
        if kind == "radio":
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            page.locator(f'[name="{name}"]').set_checked(bool(value))
        elif kind == "select-one":
            page.locator(f'[name="{name}"]').select_option(str(value))
        else:
            page.locator(f'[name="{name}"]').fill(str(value))


def rows_of(table: str) -> list[dict[str, Any]]:
    """Return the rows that a complete form has in a table, with its years brought up to now."""
    last_year = timezone.localdate().year - 1
    recent = {"topics": {"registered": f"{last_year}-03"}, "trainings": {"year": last_year}}
    return [row | recent.get(table, {}) for row in factories.ROWS[table][:MOST_ROWS]]


def fill_in(page: Page, step: str) -> None:
    """Fill in the step in front of one: its fields, its tables with as many rows as they need, its files."""
    fill(page, {name: factories.FIELDS[name] for name in FIELDS[step] if name in factories.FIELDS})
    for table in TABLES[step]:
        rows = rows_of(table)
        while page.locator(f'[name^="{table}-{len(rows) - 1}-"]').count() == 0:
            page.get_by_role("button", name=ADDING[table]).click()
        typed = [
            (f"{table}-{number}-{name}", value)
            for number, row in enumerate(rows)
            for name, value in row.items()
        ]
        fill(page, dict(typed))
    for kind in EVIDENCE.get(step, ()):
        page.set_input_files(f'[name="file-{kind}"]', FILES[kind])


def decide(
    page: Page, application: Application, decision: str, reason: str, steps: tuple[str, ...] = ()
) -> None:
    """Open an application of the desk, choose, give the reason, sign."""
    page.goto(reverse("review", args=[application.public_id]))
    choose(page, decision, reason, steps)
    page.get_by_role("button", name=BUTTONS[decision]).click()


def choose(page: Page, decision: str, reason: str, steps: tuple[str, ...] = ()) -> None:
    """Choose a decision on the review page and type the reason; do not sign yet."""
    page.locator(f'[name="decision"][value="{decision}"]').check()
    marks = page.locator(".w-marks")
    if steps:
        marks.locator("> summary").click()
    for step in steps:
        marks.locator(f'> details:has([name="steps"][value="{step}"]) > summary').click()
        marks.locator(f'[name="steps"][value="{step}"]').check()
    page.get_by_role("textbox", name="理由").fill(reason)


def score(page: Page, application: Application) -> None:
    """Give full marks on one's card, look at the totals, sign."""
    page.goto(reverse("scorecard", args=[application.public_id]))
    for indicator in rubric.load(rubric.shipped()).judged:
        page.locator(f'[name="{mark_name(indicator.code)}"]').fill(str(indicator.points))
    page.get_by_role("button", name="核对总分并交卡").click()
    page.get_by_role("button", name=re.compile("^签署并交卡")).click()
    expect(page.locator("main")).to_contain_text("的评分卡")


def pick(page: Page, application: Application) -> None:
    """Pick an application, and no other, from a list."""
    page.locator(f'[name="applications"][value*="{application.public_id}"]').wait_for()
    for box in page.locator('[name="applications"]').all():
        box.set_checked(str(application.public_id) in (box.get_attribute("value") or ""))
