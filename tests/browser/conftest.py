"""Debian's Chromium, driven by Playwright against a live server; tests here are marked `browser`."""

import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.core.signals import got_request_exception
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from accreditation.sample import accounts
from tests.browser.sample import Copies, Sample

SCREENSHOTS = settings.BASE_DIR / "var" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(
    chromium: Browser, live_server: Any, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Return `open_page(viewport=DESKTOP, user=None, javascript=True)`: a page of a fresh browser profile.

    Addresses are relative to the live server. At the end of the test, exceptions of the server and errors on
    the browser's console (a breach of the content security policy among them) fail it; of a failed test there
    is a screenshot.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(viewport: dict[str, int] = DESKTOP, user: Any = None, javascript: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=viewport,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        context.on("console", lambda message: complaints.extend(_complaint(message)))
        context.on("response", lambda answer: complaints.extend(_missing(answer)))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        if user is not None:
            sign_in(context, live_server.url, user)
        return context.new_page()

    def note_exception(**_: Any) -> None:
        complaints.append(traceback.format_exc())

    got_request_exception.connect(note_exception)
    yield open_one
    got_request_exception.disconnect(note_exception)
    if request.node.stash.get(_failed, False):
        _take_screenshots(request.node.name, contexts)
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="session")
def copies() -> Copies:
    """The sample of this run."""
    return Copies()


@pytest.fixture
def sample(copies: Copies, transactional_db: None) -> Iterator[Sample]:
    """The sample, fresh: today's, as `manage.py load_sample` makes it."""
    cache.clear()
    yield copies.load()
    accounts.path().unlink(missing_ok=True)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A visitor's page at desktop width."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A visitor's page at phone width."""
    return open_page(viewport=PHONE)


def sign_in(context: BrowserContext, url: str, user: Any) -> None:
    """Give the browser a session of `user`, without the sign-in page."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@pytest.fixture(scope="session")
def serious_faults() -> Callable[[Page], list[str]]:
    """Return `serious_faults(page)`: what axe finds there that is serious or critical, one line for each."""

    def find(page: Page) -> list[str]:
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        return [
            f"{violation['id']}: {node['html']}"
            for violation in violations
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return find


def _complaint(message: ConsoleMessage) -> list[str]:
    # A page that is meant to be refused (404, 409) is a complaint of the browser's, not of ours.
    if message.type != "error" or message.text.startswith("Failed to load resource"):
        return []
    return [message.text]


def _missing(answer: Response) -> list[str]:
    return [f"{answer.status} {answer.url}"] if answer.status >= 400 and "/static/" in answer.url else []


def _take_screenshots(name: str, contexts: list[BrowserContext]) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    stem = re.sub(r"\W+", "-", name)
    for number, page in enumerate(pages, start=1):
        page.screenshot(path=SCREENSHOTS / f"{stem}-{number}.png", full_page=True)
