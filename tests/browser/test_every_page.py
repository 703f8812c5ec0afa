"""Every page of every role: nothing serious for axe, at home on a desk and on a phone, in Chinese and in English."""

import re
from collections.abc import Callable, Iterator

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from accreditation import rubric
from certificates.configuration import configuration
from certificates.designs import NAMES, source_of
from tests.browser import acts
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.places import ACTIONS, FILES, ROLES, Places, all_names
from tests.browser.sample import Sample

TABLET = {"width": 768, "height": 1024}
WIDTH = "document.scrollingElement.scrollWidth"
TEXTS = """() => {
  const found = [document.title], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isOurs = element => !element.closest("[lang^=zh], .w-mark, script, datalist, textarea");
  while (walker.nextNode())
    if (isOurs(walker.currentNode.parentElement)) found.push(walker.currentNode.data);
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (isOurs(element)) found.push(element.getAttribute(name));
  return found;
}"""
CHINESE = re.compile("[\\u3400-\\u9fff]+")


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    """Somebody's user name; "" is a visitor."""
    return request.param


@pytest.fixture
def desk(sample: Sample, role: str, open_page: Callable[..., Page]) -> Page:
    """A page of theirs."""
    return open_page(user=sample.user(role) if role else None)


def pages(sample: Sample, role: str, page: Page) -> Iterator[str]:
    """Open every page of the role, one after the other."""
    for name, address in Places(sample).of(role):
        answer = page.goto(address)
        assert answer is not None
        assert (address, answer.status) == (address, 404 if "0000000000000000" in address else 200), name
        yield address


def test_no_page_has_a_serious_fault_or_is_wider_than_a_phone(
    sample: Sample, role: str, desk: Page, serious_faults: Callable[[Page], list[str]]
) -> None:
    faults: list[str] = []
    for address in pages(sample, role, desk):
        faults += [f"{address} {fault}" for fault in serious_faults(desk)]
        faults += [f"{address} is {wider}" for wider in wider_than_its_window(desk)]
        faults += [f"{address} on a phone {fault}" for fault in serious_faults(desk)]
        desk.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    assert faults == []


def test_in_english_no_chinese_is_left_but_what_people_wrote(sample: Sample, role: str, desk: Page) -> None:
    choose_english(desk)
    faults: list[str] = []
    shown: list[tuple[str, str]] = []
    for address in pages(sample, role, desk):
        assert desk.locator("html").get_attribute("lang") == "en"
        shown += [(address, text.strip()) for text in desk.evaluate(TEXTS) if CHINESE.search(text)]
        faults += [f"{address} is {wider}" for wider in wider_than_its_window(desk)]
    assert faults == []
    values, words = values_of_people(), our_words()
    whole = "\n".join(values)
    assert [
        (address, text)
        for address, text in shown
        if not all(run in whole for run in CHINESE.findall(text)) or (text in words and text not in values)
    ] == []


def wider_than_its_window(page: Page) -> list[str]:
    """Return what a reader would have to push sideways: the window's width and the page's. Ends on a phone."""
    found = []
    for size in (TABLET, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        if (width := page.evaluate(WIDTH)) > size["width"]:
            found.append(f"{width} wide at {size['width']}")
    return found


def test_every_address_of_the_site_is_looked_at(sample: Sample) -> None:
    looked_at = {name for role in ROLES for name, _address in Places(sample).of(role)}
    assert all_names() - ACTIONS - FILES == looked_at


def test_answers_to_forms_have_no_serious_fault(
    sample: Sample, open_page: Callable[..., Page], serious_faults: Callable[[Page], list[str]]
) -> None:
    def look(user: str, address: str, button: str, values: dict[str, str], status: int) -> None:
        page = open_page(user=sample.user(user) if user else None)
        page.goto(address)
        acts.fill(page, values)
        send = page.locator(button).first
        send.evaluate("button => { button.form.noValidate = true; }")
        with page.expect_navigation() as answer:
            send.click()
        assert answer.value.status == status
        assert (address, serious_faults(page)) == (address, [])
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert (address, page.evaluate(WIDTH), serious_faults(page)) == (address, PHONE["width"], [])

    announced = sample.application("张毅")
    objection = reverse("objection", args=[announced.notice.public_id, announced.public_id])
    step = sample.address("application-step", "庞宇来", "team")
    review, card = sample.address("review", "王金山"), sample.address("scorecard", "张永忠")
    look("", reverse("login"), "main button", {}, 200)
    look("", objection, "main button", {}, 422)
    look("", reverse("verify"), "main button", {}, 200)
    look("mali", step, "button[value=next]:visible", {"members-0-birth_year": "八六"}, 422)
    look("wenjing", review, "[data-repeats]", {}, 422)
    look("tangli", card, "button[value=sign]", {}, 422)


def choose_english(page: Page) -> None:
    """Press the button that stands on every page."""
    page.goto("/")
    menu = page.locator(".w-who summary")
    if menu.count():
        menu.click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()


def values_of_people() -> set[str]:
    """Return everything that the database holds, and what an installation chooses: the only Chinese in English."""
    values = {str(configuration()), str(settings.CERTIFICATE), str(rubric.shipped())}
    values |= {str(source_of(key)) for key in NAMES}
    for model in apps.get_models():
        values |= {str(value) for row in model._default_manager.values_list() for value in row}
    return values


def our_words() -> set[str]:
    """Return what the English catalogue translates."""
    return {
        entry.msgid
        for entry in polib.pofile(str(settings.LOCALE_PATHS[0] / "en/LC_MESSAGES/django.po"))
        if entry.msgstr
    }
