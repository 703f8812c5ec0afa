"""An auditor changes nothing, in no page, file or action: every address of the site is asked by two of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable

import pytest
from django.db import transaction
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from accreditation.models import User
from accreditation.sample import accounts
from accreditation.sample.load import load_sample
from accreditation.services.notifications import choose_mail
from tests.accreditation.audit.crawl import Attempt, Crawl, auditor_of, signed_in
from tests.browser.places import all_names
from tests.browser.sample import Sample

pytestmark = pytest.mark.django_db
READS = {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}
"""No address does anything for these verbs, but that what is opened stands in a journal."""
EVENTS = {"workflows_event", "workflows_eventpayload"}
JOURNAL = EVENTS | {"workflows_journal"}
SIGN_IN = JOURNAL | {"sign_in/", "django_session"}
FINDING = EVENTS | {"accreditation_finding", "finding/"}
CASE_FILE = JOURNAL | {"accreditation_casefile", "reading/"}
LOG = {"workflows_leaf", "workflows_node", "workflows_checkpoint", "workflows_readthrough"}
INDEX = {"accreditation_eventterm", "accreditation_reasonpair", "accreditation_indexedthrough"}
KEPT_UP = LOG | INDEX
"""What is calculated from the events alone; due work does the same a moment later."""
JOURNALED = JOURNAL | {"reading/"} | KEPT_UP
OWN = {
    # Their own account and messages, as everybody.
    "logout": SIGN_IN,
    "password_change": SIGN_IN | {"accreditation_user"},
    "mail-choice": JOURNAL | {"sign_in/", "workflows_mailchoice", "workflows_notification"},
    "mail-again": JOURNAL | {"sign_in/", "workflows_mailchoice"},
    "mail-withdraw": JOURNAL | {"sign_in/", "workflows_mailchoice"},
    "mail-confirm": JOURNAL | {"sign_in/", "accreditation_user", "workflows_mailchoice"},
    # Every member of a body that reviews may declare their interests. It binds nobody else.
    "declaration": EVENTS
    | {"accreditation_declaration", "accreditation_interest", "accreditation_cycle", "cycle/"},
    # What they are there for: to point, to ask, to keep a copy. The first two are events of their own.
    "finding-examine": FINDING,
    "findings-examine": FINDING,
    "finding-reopen": FINDING,
    "case-file-ask": CASE_FILE,
    "case-file-again": CASE_FILE,
    "event-export": JOURNAL | KEPT_UP | {"export/"},
    "event-search-save": {"accreditation_eventsearch"},
    "event-search-kept": {"accreditation_eventsearch"},
    "event-search-delete": {"accreditation_eventsearch", "django_session"},
    "ledger-letters": JOURNAL | {"workflows_checkpointreader", "log/"},
    # What anybody on the street may do, without an account: an auditor has no other right to it.
    "objection": EVENTS
    | {"accreditation_objection", "accreditation_application", "application/"}
    | {"workflows_signinground", "workflows_task"},
}
"""What an auditor may do, by the name of the address: the tables and kinds of streams that it writes."""
IDLE = {
    "account": "shows the account; the forms on it have addresses of their own",
    "event-search-restore": "puts back a search that was deleted just before",
    "ledger-add-checkpoint": "takes only what another log has signed",
    "ledger-cosignatures": "takes only what a witness has signed",
    "login": "leads on to the start page: somebody is signed in already",
    "set_language": "is kept in a cookie",
    "verify": "answers whether a certificate is valid, and keeps nothing",
    "verify-check": "as above, for programs",
}
"""What takes a form from an auditor and writes nothing of what was sent here."""
REFUSED = {403, 404, 405}
PUT_AGAIN = {"application-new": {422}}
"""Whoever may begin nothing finds no enterprise to begin it for: the form comes back, as it stands on the page."""
WORKS = {
    "claim",
    "decide",
    "assign",
    "cycle-settings",
    "notice-list",
    "member",
    "webhook-new",
    "signing-new",
}
"""Some forms of the walk which do something when the right person sends them: what auditors sent was not idle."""


@pytest.fixture(scope="module")
def crawl(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Crawl:
    """The walk, done."""
    with django_db_blocker.unblock(), translation.override("zh-hans"), transaction.atomic():
        load_sample(timezone.now(), lambda _line: None)
        sample = Sample({})
        User.objects.filter(username="liangjing").update(email="liangjing@example.org")
        city, district = sample.user("liangjing"), auditor_of("YB")
        choose_mail(by=city, email="liang@example.org", way="never", language="", at=timezone.now())
        done = Crawl(sample, {"city": signed_in(city), "district": signed_in(district)})
        done.walk()
        accounts.path().unlink()
        transaction.set_rollback(True)
    return done


def told(attempts: Iterable[Attempt]) -> list[str]:
    return [str(attempt) for attempt in attempts]


def names(attempts: Iterable[Attempt]) -> set[str]:
    return {attempt.name for attempt in attempts}


def posts(crawl: Crawl, of: Collection[str]) -> list[Attempt]:
    return [attempt for attempt in crawl.attempts if attempt.method == "POST" and attempt.name in of]


def test_both_auditors_asked_every_address_of_the_site(crawl: Crawl) -> None:
    for who in crawl.auditors:
        assert all_names() - names(attempt for attempt in crawl.attempts if attempt.who == who) == set()
    assert crawl.effective >= WORKS


def test_to_open_a_page_or_a_file_writes_nothing_but_journals(crawl: Crawl) -> None:
    opened = [attempt for attempt in crawl.attempts if attempt.method in READS]

    assert told(attempt for attempt in opened if not attempt.written <= JOURNALED) == []
    assert told(attempt for attempt in opened if attempt.status >= 500) == []


def test_every_form_that_is_not_an_auditors_own_is_refused_and_writes_nothing(crawl: Crawl) -> None:
    others = posts(crawl, all_names() - OWN.keys() - IDLE.keys())

    assert (
        told(
            attempt
            for attempt in others
            if attempt.status not in REFUSED | PUT_AGAIN.get(attempt.name, set())
        )
        == []
    )
    assert told(attempt for attempt in others if attempt.written) == []


def test_what_an_auditor_may_do_writes_what_the_list_says_and_no_more(crawl: Crawl) -> None:
    found = defaultdict(set)
    for attempt in posts(crawl, OWN):
        found[attempt.name] |= attempt.written

    assert {name: written - KEPT_UP for name, written in found.items()} == {
        name: written - KEPT_UP for name, written in OWN.items()
    }
    assert told(attempt for attempt in posts(crawl, OWN) if not attempt.written <= OWN[attempt.name]) == []


def test_the_other_forms_that_an_auditor_can_send_write_nothing(crawl: Crawl) -> None:
    idle = posts(crawl, IDLE)

    assert names(idle) == IDLE.keys()
    assert told(attempt for attempt in idle if attempt.written) == []
