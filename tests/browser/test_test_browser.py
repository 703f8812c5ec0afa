"""The browser of the tests sees what a visitor sees: the style sheet, no complaint, no serious fault."""

from collections.abc import Callable

from playwright.sync_api import Page


def test_a_page_that_is_not_there_is_told_in_our_own_words(page: Page, serious_faults: Callable) -> None:
    answer = page.goto("/nowhere")
    assert answer is not None
    assert (answer.status, page.title()) == (404, "没有这个页面 · 五好")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--w-seal') !== ''")
    assert serious_faults(page) == []


def test_a_page_fits_a_phone(phone: Page) -> None:
    phone.goto("/nowhere")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
