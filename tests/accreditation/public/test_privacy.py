"""What is not public is on no page and in no file that is handed to visitors.

`PUBLIC` names every address that answers without an account. The first test holds that there is no other; the second
reads all of them in a sample where everything private can be recognised. Whoever adds a public page adds it there.
"""

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accreditation.models import Evidence, NamingDecision, Notice, Scorecard, SiteVisit, User
from certificates.models import Certificate
from tests.accreditation.public.marked import FIELDS, NOTES, ROWS, Sample, marked
from tests.factories import STEP
from workflows.models import Checkpoint

pytestmark = pytest.mark.django_db

NAMES = ("city_decider", "union_decider", "district_decider", "district_reviewer", "expert1")
TOTAL = "99.83"
SHORT = {TOTAL, "99.5", "1961", "48317", "731.29"}
"""Private figures. They are looked for where no code, hash or form token stands, in which any digits may."""
RANDOM = re.compile(r"[0-9A-Za-z+/=_-]{20,}")
LANGUAGES = ("zh-hans", "en")


Addresses = Callable[[Sample], list[str]]


def one(name: str, *queries: str) -> Addresses:
    """Return the address of a page that there is one of; `queries` are looked at as well."""
    return lambda _sample: [reverse(name), *(f"{reverse(name)}?{query}" for query in queries)]


def certificates() -> list[str]:
    return [row.check_code for row in Certificate.objects.all()]


SEARCHES = ("sort=name", "district=YB&state=valid", "q=%E4%BF%9D%E5%AF%86")
PUBLIC: dict[str, Addresses] = {
    "home": one("home"),
    "login": one("login"),
    "register": one("register", *SEARCHES),
    "register-file": lambda _sample: [
        f"{reverse('register-file', args=[kind])}{query}"
        for kind in ("csv", "xlsx", "json")
        for query in ("", "?sort=district&level=city")
    ],
    "studio": lambda sample: [reverse("studio", args=[sample.named.studio.public_id])],
    "districts": one("districts"),
    "district": lambda _sample: [reverse("district", args=[code]) for code in ("YB", "CQ")],
    "notices": one("notices"),
    "notice": lambda _sample: [reverse("notice", args=[row.public_id]) for row in Notice.objects.all()],
    "objection": lambda sample: [
        reverse("objection", args=[row.notice.public_id, row.public_id])
        for row in (sample.announced, sample.objected)
        if row.notice
    ],
    "objection-received": lambda sample: [
        reverse("objection-received", args=[sample.objected.objections.get().public_id])
    ],
    "decision": lambda _sample: [
        reverse("decision", args=[row.public_id]) for row in NamingDecision.objects.all()
    ],
    "decision-document": lambda _sample: [
        reverse("decision-document", args=[row.public_id, kind])
        for row in NamingDecision.objects.all()
        for kind in ("pdf", "docx")
    ],
    "notice-document": lambda _sample: [
        reverse("notice-document", args=[row.public_id]) for row in Notice.objects.all()
    ],
    "yearbook": lambda sample: [
        reverse("yearbook", args=[sample.named.designation.named_on.year]),
    ],
    "sitemap": one("sitemap"),
    "sitemap-section": lambda _sample: [
        reverse("sitemap-section", args=[name])
        for name in ("pages", "studios", "districts", "notices", "decisions")
    ],
    "robots": one("robots"),
    "verify": one("verify"),
    "verify-certificate": lambda _sample: [
        reverse("verify-certificate", args=[code]) for code in (*certificates(), "0" * 16)
    ],
    "verify-status": lambda _sample: [reverse("verify-status", args=[code]) for code in certificates()],
    "credential-keys": one("credential-keys"),
    "signing-certificates": one("signing-certificates"),
    "status-list": lambda _sample: [
        reverse("status-list", args=[row.status_list, purpose])
        for row in Certificate.objects.all()
        for purpose in ("revocation", "refresh")
    ],
    "verify-proof": lambda _sample: [reverse("verify-proof", args=[code]) for code in certificates()],
    "ledger": one("ledger"),
    "ledger-latest": one("ledger-latest"),
    "ledger-keys": one("ledger-keys"),
    "ledger-checkpoint": lambda _sample: [
        reverse("ledger-checkpoint", args=[row.size]) for row in Checkpoint.objects.all()
    ],
    "ledger-consistency": lambda _sample: [f"{reverse('ledger-consistency')}?from=1"],
    "ledger-inclusion": lambda _sample: [f"{reverse('ledger-inclusion')}?leaf=0"],
}
"""Every address that answers a visitor, by its name: what it has in the sample."""
FOR_HOLDERS = {"verify-certificate", "verify-proof", "verify-status"}
"""Addresses that hold the check code themselves: only who has the certificate can ask for them."""
NAMES_THE_STUDIO = {"register-file", "studio", "decision", "decision-document", "yearbook"}
"""In what is read of these the studio must be found: so it was read."""
LEADS_BACK = {"set_language"}
"""Takes a form from every page, and only leads back to it."""


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    """Yield every address of the site."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from patterns(pattern)


VALUES = {"UUIDConverter": uuid4(), "IntConverter": 1}


def test_an_address_that_is_not_listed_as_public_asks_visitors_to_sign_in(client: Client) -> None:
    listed = PUBLIC.keys() | LEADS_BACK
    open_to_all = {}
    for pattern in patterns(get_resolver()):
        if pattern.name in listed:
            continue
        converters = pattern.pattern.converters
        filled = {name: VALUES.get(type(one).__name__, "x") for name, one in converters.items()}
        answer = client.get(reverse(str(pattern.name), kwargs=filled))
        if answer.status_code != 405 and not answer.headers.get("Location", "").startswith(reverse("login")):
            open_to_all[pattern.name] = answer.status_code
    assert open_to_all == {}


@pytest.fixture
def sample(clock: Callable[[datetime], None]) -> Sample:
    """Everything that can be written is written, in words that stand nowhere else."""
    cache.clear()
    made = marked()
    clock(made.objected.state_since + STEP)
    return made


def secrets(sample: Sample) -> set[str]:
    """Return every private value of the sample, as it would be read."""
    written = {str(value) for value in FIELDS.values() if isinstance(value, str)} | set(NOTES.values())
    rows = [value for table in ROWS.values() for row in table for value in row.values()]
    written |= {value for value in rows if isinstance(value, str) and ("保密" in value or "secret" in value)}
    written |= {row.name for row in Evidence.objects.all()}
    written |= {row.stored.sha256 for row in Evidence.objects.select_related("stored")}
    people = User.objects.all()
    written |= {user.name for user in people} | {name for name in NAMES if people.filter(username=name)}
    written |= {str(user.public_id) for user in people}
    private: list[type[Evidence] | type[Scorecard] | type[SiteVisit]] = [Evidence, Scorecard, SiteVisit]
    written |= {str(row.public_id) for model in private for row in model.objects.all()}
    assert str(sample.named.total) == TOTAL
    return written


def read(content: bytes, *command: str) -> str:
    """Return what a program reads in a file."""
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode()


def text_of(answer: HttpResponseBase) -> str:
    """Return all that can be read in an answer: packages are opened, and what is printed on paper is read."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if content.startswith(b"PK"):
        package = zipfile.ZipFile(io.BytesIO(content))
        return "\n".join(
            [
                *package.namelist(),
                *(package.read(name).decode(errors="replace") for name in package.namelist()),
            ]
        )
    if content.startswith(b"%PDF"):
        return "".join(
            read(content, *command) for command in (("pdftotext", "-layout", "-", "-"), ("pdfinfo", "-"))
        )
    return content.decode()


def test_no_public_page_or_file_shows_anything_private(client: Client, sample: Sample) -> None:
    hidden, codes = secrets(sample), set(certificates())
    codes |= {row.check_code_groups for row in Certificate.objects.all()}
    assert len(codes) == 2
    shown = {}
    for name, addresses in PUBLIC.items():
        for address in addresses(sample):
            for language in LANGUAGES:
                answer = client.get(address, headers={"Accept-Language": language})
                assert answer.status_code == (404 if "0000000000000000" in address else 200), address
                text = "\n".join(
                    [text_of(answer), *(f"{key}: {value}" for key, value in answer.headers.items())]
                )
                assert name not in NAMES_THE_STUDIO or "米钰林劳模创新工作室" in text, address
                found = {secret for secret in hidden if secret in text}
                found |= {figure for figure in SHORT if figure in RANDOM.sub("", text)}
                found |= set() if name in FOR_HOLDERS else {code for code in codes if code in text}
                if found:
                    shown[address] = found
    assert shown == {}


def test_who_has_a_number_and_no_check_code_is_told_nothing(client: Client, sample: Sample) -> None:
    certificate = Certificate.objects.get()
    asked = {"number": certificate.number, "check_code": "0" * 16}
    for name in ("verify", "verify-check"):
        text = client.post(reverse(name), asked).content.decode()
        told = (
            certificate.check_code,
            certificate.check_code_groups,
            certificate.studio_name,
            sample.named.total,
        )
        assert [one for one in told if str(one) in text] == [], name


def test_what_is_private_finds_nothing(client: Client, sample: Sample) -> None:
    found = {}
    for secret in [*secrets(sample), *SHORT, *certificates()]:
        number = client.get(reverse("register"), {"q": secret}).context["page"].paginator.count
        if number:
            found[secret] = number
    assert found == {}


def test_downloads_have_the_fields_that_are_documented_and_no_other(client: Client, sample: Sample) -> None:
    answer = client.get(reverse("register-file", args=["json"]))
    (record,) = json.loads(text_of(answer))["studios"]
    assert list(record) == [
        "id", "name", "leader", "enterprise", "district", "district_code", "industry", "level", "named_on",
        "decision", "certificate", "valid_until", "state", "revoked_on", "url",
    ]  # fmt: skip
    documented = (settings.BASE_DIR / "docs/register.md").read_text()
    assert [name for name in record if f"`{name}`" not in documented] == []
