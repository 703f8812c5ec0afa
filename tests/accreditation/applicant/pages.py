"""How the tests of the applicant's pages ask for them and read them."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from accreditation.form_fields import TABLES
from accreditation.models import Application, User
from accreditation.queries.documents import ROWS
from tests import factories


def signed_in(user: User) -> Client:
    """Return a browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def applicant(application: Application) -> Client:
    """Return a browser of whoever began the application."""
    return signed_in(application.created_by)


def address(name: str, application: Application, *more: Any) -> str:
    """Return the address of a page of the application."""
    return reverse(name, args=[application.public_id, *more])


def typed(
    step: str, edits: int = 0, /, tables: dict[str, list[dict[str, str]]] | None = None, **fields: Any
) -> dict:
    """Return what a browser posts for a step."""
    posted: dict[str, Any] = {"edits": edits, **fields}
    for name in TABLES[step]:
        rows = (tables or {}).get(name, [])
        posted |= {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
        for number, row in enumerate(rows):
            posted |= {f"{name}-{number}-{column}": value for column, value in row.items()}
    return posted


def post(application: Application, step: str, data: dict, client: Client | None = None):
    """Post a step as whoever began the application."""
    client = client or applicant(application)
    return client.post(address("application-step", application, step), data)


def values(page: str, table: str) -> list[dict[str, str]]:
    """Return the rows of a table as the page shows them, without what is empty."""
    rows: dict[int, dict[str, str]] = {}
    columns = {column.rstrip("*") for column in ROWS[table]}
    for tag in re.findall(r"<input[^>]*>", page):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        match = re.fullmatch(rf"{table}-(\d+)-(\w+)", said.get("name", ""))
        if match and match[2] in columns:
            rows.setdefault(int(match[1]), {})
            if said.get("value"):
                rows[int(match[1])][match[2]] = said["value"]
    return [rows[number] for number in sorted(rows)]


def title(page: str) -> str:
    """Return the title of the page, without the site's name."""
    return re.search(r"<title>(.*?) · 五好</title>", page, re.S)[1]


def errors(page: str) -> list[tuple[str, str]]:
    """Return the error summary: the target of each link and its words."""
    box = re.search(r'<div class="w-errors".*?</div>', page, re.S)
    return re.findall(r'<a href="#([^"]*)">(.*?)</a>', box[0]) if box else []


def beside(page: str, field: str) -> str:
    """Return the message beside a field."""
    found = re.search(rf'id="{field}_error">(.*?)</', page)
    return found[1] if found else ""


STRANGERS = ("other-applicant", "expert1")


def stranger(username: str) -> Client:
    """Return a browser of somebody who has nothing to do with the cast's drafts."""
    factories.cast("other")
    return signed_in(factories.user(username))
