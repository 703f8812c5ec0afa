"""What a browser could send from a page: every form on it, filled in, by each of its buttons and choices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.utils import timezone

from tests.page import Node, parse

TYPED = {
    "text": "测试",
    "search": "测试",
    "number": "1",
    "email": "someone@example.org",
    "tel": "13800000000",
    "url": "https://93.184.216.34/hook",
}
"""What somebody types into an empty field, by its type."""
UNSENT = {"submit", "button", "reset", "image", "file", "password"}

Data = dict[str, list[str]]


@dataclass(frozen=True)
class Sending:
    """A form that is sent: where to, and what."""

    address: str
    data: Mapping[str, list[str]]


def sendings(html: Any, address: str) -> Iterator[Sending]:
    """Yield what can be posted from a page that stands at `address`."""
    page = parse(html)
    for form in page.all("form"):
        if (form.get("method") or "").lower() == "post":
            yield from _of_form(page, form, address)


def _of_form(page: Node, form: Node, address: str) -> Iterator[Sending]:
    fields = [*form.all("input, select, textarea, button")]
    if name := form.get("id"):
        fields += page.all(f'[form="{name}"]')
    filled, choices = _filled(fields)
    target = urljoin(address, form.get("action") or "")
    buttons = [one for one in fields if _sends(one)] or [None]
    for button in buttons:
        where = (
            urljoin(address, button.get("formaction") or "")
            if button and button.get("formaction")
            else target
        )
        pressed = {button["name"]: [button.get("value") or ""]} if button and button.get("name") else {}
        yield Sending(where, filled | pressed)
        for name, values in choices.items():
            for value in values[1:]:
                yield Sending(where, filled | pressed | {name: [value]})


def _sends(field: Node) -> bool:
    kind = field.get("type") or ("submit" if field.is_a("button") else "")
    return kind == "submit" and field.get("disabled") is None


def _filled(fields: list[Node]) -> tuple[Data, Data]:
    """Return the fields filled in, with the first of each choice, and what can be chosen."""
    filled: Data = {}
    choices: Data = {}
    for field in fields:
        name, kind = field.get("name"), (field.get("type") or "text").lower()
        if not name or name == "csrfmiddlewaretoken" or field.is_a("button") or kind in UNSENT:
            continue
        if field.is_a("select"):
            values = [one["value"] for one in field.all("option") if one.get("value")]
            filled[name] = values if field.get("multiple") is not None else values[:1]
        elif kind == "radio":
            choices.setdefault(name, []).append(field.get("value") or "")
        elif kind == "checkbox":
            filled.setdefault(name, []).append(field.get("value") or "on")
        elif field.is_a("textarea"):
            filled[name] = [field.words or "理由充分，同意办理。"]
        else:
            filled[name] = [field.get("value") or _typed(kind)]
    return filled | {name: values[:1] for name, values in choices.items()}, choices


def _typed(kind: str) -> str:
    return timezone.localdate().isoformat() if kind == "date" else TYPED.get(kind, "")
