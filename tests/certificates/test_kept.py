"""Documents made on request: made once, never handed out broken, and gone when they are old."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from certificates.kept import Request, forget_all, kept, made, remove_old
from certificates.paper import drawing_key

KEY = "ab" * 32


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()
    forget_all()
    yield
    forget_all()


@pytest.fixture
def asked():
    """A document, and how often it was made."""
    times = []

    def make():
        times.append(1)
        return b"%PDF whole"

    return Request("决定.pdf", "application/pdf", KEY, make), times


def overwrite(name, content):
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content))


def test_it_is_made_once(asked):
    request, times = asked
    assert kept(request) is None
    assert [made(request), made(request), kept(request)] == [b"%PDF whole"] * 3
    assert (len(times), request.path) == (1, f"documents/ab/{KEY}.pdf")


@pytest.mark.parametrize("broken", [b"", b"%PDF who", b"%PDF whole, and more"])
def test_what_is_broken_is_made_again(asked, broken):
    request, times = asked
    made(request)
    overwrite(request.path, broken)
    assert kept(request) is None
    assert (made(request), len(times)) == (b"%PDF whole", 2)
    assert kept(request) == b"%PDF whole"


def test_what_lost_its_hash_is_made_again(asked):
    request, times = asked
    made(request)
    default_storage.delete(f"{request.path}.sha256")
    assert (made(request), len(times)) == (b"%PDF whole", 2)


def test_a_failure_leaves_nothing_and_the_next_one_tries_again(asked):
    request, times = asked

    def fail():
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        made(Request(request.name, request.media_type, KEY, fail))
    assert (kept(request), made(request), len(times)) == (None, b"%PDF whole", 1)


def test_of_several_at_once_one_makes_it():
    begun, go_on, times, got = threading.Event(), threading.Event(), [], []

    def make():
        times.append(1)
        begun.set()
        go_on.wait(10)
        return b"%PDF whole"

    request = Request("决定.pdf", "application/pdf", KEY, make)
    askers = [threading.Thread(target=lambda: got.append(made(request))) for _number in range(4)]
    for one in askers:
        one.start()
    begun.wait(10)
    go_on.set()
    for one in askers:
        one.join(20)
    assert (got, len(times)) == ([b"%PDF whole"] * 4, 1)


def test_old_ones_go_once_a_day(asked, settings):
    request, _times = asked
    made(request)
    now = timezone.now()
    assert remove_old(now) == 0
    later = now + timedelta(days=settings.DOCUMENT_DAYS, minutes=1)
    assert remove_old(later) == 0  # it has looked today
    cache.clear()
    assert (remove_old(later), kept(request)) == (2, None)


def test_other_text_or_other_sheets_make_another_document():
    sheets = ((), ("form",), ("wide",), ("form", "wide"))
    assert len({drawing_key(page, sheets=one) for page in ("甲", "乙") for one in sheets}) == 8
