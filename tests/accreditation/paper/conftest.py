"""What the tests of documents share: nothing is kept from the test before, and the hour of the day."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from certificates.kept import forget_all
from tests.factories import AT


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    forget_all()
    yield
    forget_all()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time that pages read."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(AT)
    return set_to


@pytest.fixture
def blank(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing is drawn; the pages that would be."""
    pages: list[str] = []

    def draw(page: str, **_how: object) -> bytes:
        pages.append(page)
        return b"%PDF-1.7\n" + page.encode()

    monkeypatch.setattr("accreditation.documents.sheets.document_pdf", draw)
    return pages
