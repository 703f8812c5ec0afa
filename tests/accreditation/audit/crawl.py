"""A walk through the whole site beside everybody who uses it, by two who may do nothing but audit.

Each page of `tests/browser/places.py` is opened by the role that it belongs to and then by the auditors, of the city
and of a district. Each form on the role's page is sent by both, filled in, by every button. What an answer writes is
noted, statement by statement, and undone.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accreditation.models import Application, CaseFile, Evidence, Meeting, Organisation, SiteVisitPhoto, User
from accreditation.services import offices
from accreditation.services.mail_address import link_of
from tests.browser.places import ROLES, Places
from tests.browser.sample import Sample
from tests.factories import PASSWORD
from tests.sendings import Sending, sendings
from workflows.actors import SYSTEM
from workflows.models import Checkpoint, Delivery, Event, Notification, SigningRound
from workflows.notifications.mail import choice_of

STATEMENT = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|TRUNCATE)\s+"?(\w+)', re.IGNORECASE)
VERBS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SCORED, REVIEWED, DRAFT, NAMED = "张永忠", "王金山", "庞宇来", "米钰林"
OF_APPLICATIONS = (
    *("application-submit", "scorecard-draft", "panel-conclude", "panel-discuss"),
    *("take-back", "withdraw-delegation", "decide", "claim"),
)


@dataclass(frozen=True)
class Attempt:
    """What an auditor tried, and what came of it: the tables that were written, the kinds of streams, "a file"."""

    who: str
    method: str
    name: str
    address: str
    status: int
    written: frozenset[str]

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.name} {self.address} {self.status} {sorted(self.written)}"


@dataclass
class Crawl:
    """The walk, and what came of it. `effective` are the names of forms that do something for whom they are made."""

    sample: Sample
    auditors: Mapping[str, Client]
    attempts: list[Attempt] = field(default_factory=list)
    effective: set[str] = field(default_factory=set)
    tried: set[tuple[Any, ...]] = field(default_factory=set)

    def walk(self) -> None:
        for role in ROLES:
            person = signed_in(self.sample.user(role)) if role else Client()
            for _name, address in Places(self.sample).of(role):
                self._beside(person, address)
        for method, address, data in further(self.sample):
            for who in self.auditors:
                self._try(who, method, address, data)
            for verb in VERBS:
                self._once(verb, address)

    def _beside(self, person: Client, address: str) -> None:
        page, _written = answer(person, "GET", address)
        shown = [*sendings(page, address)] if page["Content-Type"].startswith("text/html") else []
        for who in self.auditors:
            self._try(who, "GET", address)
        for verb in VERBS:
            self._once(verb, address)
        for one in shown:
            self._note_effect(person, one)
            for who in self.auditors:
                self._try(who, "POST", one.address, one.data)

    def _once(self, method: str, address: str) -> None:
        """Try an address with nothing in hand, one of each name."""
        if (method, name_of(address)) not in self.tried:
            self.tried.add((method, name_of(address)))
            self._try("city", method, address)

    def _try(self, who: str, method: str, address: str, data: Mapping[str, Any] | None = None) -> None:
        asked = (who, method, address, repr({**(data or {}), "next": ""}))
        if asked not in self.tried:
            self.tried.add(asked)
            answered, written = answer(self.auditors[who], method, address, data)
            self.attempts.append(
                Attempt(who, method, name_of(address), address, answered.status_code, frozenset(written))
            )

    def _note_effect(self, person: Client, one: Sending) -> None:
        name = name_of(one.address)
        if name not in self.effective:
            _answered, written = answer(person, "POST", one.address, one.data)
            if written:
                self.effective.add(name)


def answer(
    client: Client, method: str, address: str, data: Mapping[str, Any] | None = None
) -> tuple[Any, set[str]]:
    """Return what is answered and what that wrote, which is undone; the client stays signed in."""
    cookies = client.cookies.copy()
    with watched_and_undone() as written:
        ask = getattr(client, method.lower())
        answered = ask(address, data or {}) if method == "POST" else ask(address)
        if answered.streaming:
            list(answered)  # what is taken out may be written down as it is read
    client.cookies = cookies
    return answered, written


@contextmanager
def watched_and_undone() -> Iterator[set[str]]:
    """Note what the block writes, and undo it."""
    written: set[str] = set()

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if found := STATEMENT.match(sql):
            written.add(found[1])
        return execute(sql, parameters, many, context)

    def keep(_storage: Any, name: str, _content: Any) -> str:
        written.add("a file")
        return name

    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileSystemStorage, "_save", keep)
        with connection.execute_wrapper(note):
            yield written
        if "workflows_event" in written:
            streams = Event.objects.filter(pk__gt=last).values_list("stream", flat=True)
            written.update(f"{stream.partition('/')[0]}/" for stream in streams)
        transaction.set_rollback(True)


def name_of(address: str) -> str:
    """Return the name of an address."""
    return str(resolve(address.partition("?")[0]).url_name)


def signed_in(user: User) -> Client:
    """Return a client in which the user is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def auditor_of(code: str) -> User:
    """Make somebody who may do nothing but audit one body and what is below it."""
    office = Organisation.objects.get(code=code)
    user = offices.create_user(username=f"auditor-{code}", name="查某", password=PASSWORD)
    offices.add_member(office, user, by=SYSTEM, at=timezone.now())
    offices.set_grants(office, user, {"audit"}, by=SYSTEM, at=timezone.now())
    User.objects.filter(pk=user.pk).update(email="auditor@example.org")
    return user


def further(sample: Sample) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what no page of the walk has a form for, or leads to: files, and what is done in other states."""
    for name, args in _files(sample):
        yield "GET", reverse(name, args=args), {}
    for leader in (SCORED, REVIEWED, DRAFT, NAMED):
        application = sample.application(leader)
        typed = {
            "version": application.version,
            "decision": "recommend",
            "reason": "同意。",
            "opinion": "同意。",
        }
        for name in OF_APPLICATIONS:
            yield "POST", reverse(name, args=[application.public_id]), typed
    for name, args in _acts(sample):
        yield "POST", reverse(name, args=args), {"version": 1, "verdict": "agree", "reason": "同意。"}
    declared = reverse("declaration", args=[sample.application(REVIEWED).cycle.code])
    yield "POST", declared, {"whether": "none", "do": "sign"}
    yield "POST", reverse("event-search-restore"), {"name": "重复催办", "query": "action=remind"}
    yield "POST", reverse("verify-check"), {"number": "1", "check_code": "2"}
    yield "POST", reverse("ledger-add-checkpoint"), {}
    yield "POST", reverse("ledger-cosignatures"), {}
    yield "POST", link_of(choice_of(sample.user("liangjing"))), {}
    new = "another-long-word-2027"
    passwords = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    yield "POST", reverse("password_change"), passwords


def _files(sample: Sample) -> Iterator[tuple[str, list[Any]]]:
    reviewed, named = sample.application(REVIEWED), sample.application(NAMED)
    event = Event.objects.filter(stream=reviewed.stream).latest("sequence")
    checkpoint = Checkpoint.objects.latest("size")
    for name in ("ledger-latest", "ledger-keys", "ledger-consistency", "ledger-inclusion"):
        yield name, []
    yield "ledger-checkpoint", [checkpoint.size]
    for name in ("credential-keys", "signing-certificates", "sitemap", "robots"):
        yield name, []
    yield "status-list", [1, "revocation"]
    yield "sitemap-section", ["studios"]
    yield "register-file", ["csv"]
    for name in ("verify-proof", "verify-status"):
        yield name, [named.designation.certificate.check_code]
    yield "certificate", [named.public_id]
    yield "plaque", [named.public_id]
    yield "certificate-print", [named.public_id]
    for name in ("timeline-event", "event-proof"):
        yield name, [reviewed.public_id, f"e{event.sequence}"]
    for application in (reviewed, named):
        yield "evidence", [Evidence.objects.filter(application=application)[0].public_id]
    yield "site-visit-photo", [SiteVisitPhoto.objects.all()[0].public_id]
    yield "case-file-download", [CaseFile.objects.exclude(file="")[0].public_id]
    yield "notification", [Notification.objects.all()[0].public_id]
    yield from _papers(named)


def _papers(named: Application) -> Iterator[tuple[str, list[Any]]]:
    """Documents that are made when somebody asks."""
    designation = named.designation
    yield "application-form", [named.public_id, 1]
    yield "score-summary", [named.cycle.code]
    yield "notice-document", [named.notice.public_id]
    yield "decision-document", [designation.decision.public_id, "pdf"]
    yield "yearbook", [designation.named_on.year]


def _acts(sample: Sample) -> Iterator[tuple[str, list[Any]]]:
    meeting, round_ = Meeting.objects.get(), SigningRound.objects.get()
    delivery = Delivery.objects.select_related("webhook__office")[0]
    for name in ("signing-add", "signing-sign"):
        yield name, [sample.application(REVIEWED).public_id, round_.public_id]
    yield "meeting-retry", [meeting.cycle.code, meeting.public_id]
    yield "naming-draft", [meeting.cycle.code]
    yield "spread-undo", [delivery.webhook.office.code]
    yield "delivery-again", [delivery.webhook.office.code, delivery.webhook.public_id, delivery.public_id]
    yield "mail-again", []
    yield "mail-withdraw", []
    yield "notification-unread", [Notification.objects.all()[0].public_id]
