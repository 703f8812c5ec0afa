"""An auditor changes nothing, in no page, file or action: every address of the site is asked by two of them."""

from collections import defaultdict

import pytest
from django.db import transaction
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from accreditation.models import User
from accreditation.sample import accounts
from accreditation.sample.load import load_sample
from tests.accreditation.audit.crawl import Attempt, Crawl, auditor_of, signed_in
from tests.browser.places import all_names
from tests.browser.sample import Sample

pytestmark = pytest.mark.django_db
JOURNAL = {"workflows_journal", "workflows_event", "workflows_eventpayload"}
SIGN_IN = JOURNAL | {"sign_in/", "django_session"}
OWN = {
    # What everybody may do with their own account and their own messages, whatever they are.
    "logout": SIGN_IN,
    "account": {"accreditation_user"},
}
"""What an auditor may do, by the name of the address: the tables and kinds of streams that it writes. Nothing else."""
OPEN = {
    "verify": "asks whether a certificate is valid, and keeps nothing",
    "login": "is answered by the start page where one is signed in",
}
REFUSED = {403, 404, 405}


@pytest.fixture(scope="module")
def crawl(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Crawl:
    """The walk, done."""
    with django_db_blocker.unblock(), translation.override("zh-hans"), transaction.atomic():
        load_sample(timezone.now(), lambda _line: None)
        sample = Sample({})
        User.objects.filter(username="liangjing").update(email="liangjing@example.org")
        done = Crawl(
            sample, {"city": signed_in(sample.user("liangjing")), "district": signed_in(auditor_of("YB"))}
        )
        done.walk()
        accounts.path().unlink()
        transaction.set_rollback(True)
    return done


def test_x(crawl):
    import collections

    attempts = crawl.attempts
    for k, v in sorted(
        collections.Counter((a.method, a.name, a.status, tuple(sorted(a.written))) for a in attempts).items()
    ):
        print(v, k)
    print(
        "EFF", sorted({a.name for a in attempts if a.method == "POST" and a.status != 405} - crawl.effective)
    )
    print("MISSING", len(attempts), all_names() - {a.name for a in attempts})
    print("NOPOST", all_names() - {a.name for a in attempts if a.method == "POST"})
    assert 0
