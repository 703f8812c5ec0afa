"""Small parts of pages: icons, states, bars, rails, notes. Loaded through `wuhao`."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms.utils import flatatt
from django.http import QueryDict
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accreditation.face import bars as drawn
from accreditation.face import signs

register = template.Library()

UNITS_A_LINE = 10
SPRITE = "wuhao/icons.svg"


@register.simple_tag
def icon(name: str, tone: str = "") -> SafeString:
    """An icon of the sprite, in the text's colour or in a tone (`is-alert`). A word stands beside it."""
    return format_html(
        '<svg class="w-i{}" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#i-{}"></use></svg>',
        f" {tone}" if tone else "",
        static(SPRITE),
        name,
    )


@register.simple_tag
def picture(name: str) -> SafeString:
    """A drawn stand-in for the first page of a file: doc, cert, photo or table."""
    return format_html(
        '<svg viewBox="0 0 120 84" aria-hidden="true"><use href="{}#t-{}"></use></svg>', static(SPRITE), name
    )


@register.simple_tag
def good(code: Any) -> SafeString:
    """The boxed sign of a good. It stands beside the good's title, so it is not read aloud."""
    sign = signs.GOOD_CHARACTERS.get(signs.code_of(code), "")
    return format_html('<span class="w-good" lang="zh-Hans" aria-hidden="true">{}</span>', sign)


@register.simple_tag
def mark(tone: str, shape: str, word: Any, loud: bool = False) -> SafeString:
    """A state of any kind: shape and word. `tone` is pass, alert, seal, gold, wait, part or "" (ink)."""
    classes = "".join([f" is-{tone}" if tone else "", " w-loud" if loud else ""])
    return format_html('<span class="w-state{}">{}{}</span>', classes, icon(shape), word)


@register.simple_tag
def state(code: Any) -> SafeString:
    """A state of the process."""
    sign = signs.state_sign(code)
    return mark(sign.tone, sign.icon, sign.word)


@register.simple_tag
def task_state(code: Any) -> SafeString:
    """How far a step of a form is: done, part, todo or blocked."""
    sign = signs.TASKS[signs.code_of(code)]
    return mark(sign.tone, sign.icon, sign.word)


@register.inclusion_tag("components/bars.html")
def bars(marks: Iterable[Any] | None, total: Any = None, words: str = "") -> dict[str, Any]:
    """The five goods in a row of a list, with the total and what failed under them."""
    laid_out = drawn.five(marks or ())
    return {
        "bars": laid_out,
        "width": drawn.width(laid_out),
        "spoken": drawn.spoken(laid_out),
        "total": total,
        "words": drawn.failing(laid_out) or words,
    }


@register.inclusion_tag("components/five.html")
def five(marks: Iterable[Any], linked: bool = True) -> dict[str, Any]:
    """The five goods, large: figures, bars with the pass line as a tick, links to #good-CODE."""
    return {"bars": drawn.five(marks), "linked": linked}


@register.inclusion_tag("components/rail.html")
def rail(steps: Iterable[Any]) -> dict[str, Any]:
    """The levels of an application. Each has `standing` (done now back stopped ahead), `name`, `note`."""
    return {"steps": steps}


@register.inclusion_tag("components/days.html")
def days(strip: Iterable[Any], today: Any) -> dict[str, Any]:
    """The days of a notice. Each has `date`, `kind` (counted makeup off) and `n`, counted from 1."""
    listed = list(strip)
    return {"days": listed, "today": today, "last": max((day.n for day in listed if day.n), default=0)}


@register.inclusion_tag("components/quota.html")
def quota(places: int, used: int) -> dict[str, Any]:
    """One square, one place; filled when it has been used."""
    cells = [{"x": 22 * i + 1, "used": i < used} for i in range(max(places, used))]
    return {"cells": cells, "width": 22 * len(cells), "places": places, "used": used}


@register.inclusion_tag("components/units.html")
def units(groups: Sequence[tuple[str, int, Any]]) -> dict[str, Any]:
    """One square, one studio, ten in a line.

    `groups`: (look, count, word) from the highest; look is gold, ink or open.
    """
    looks = [look for look, count, _word in groups for _unit in range(count)]
    cells = [
        {"x": 18 * (i % UNITS_A_LINE), "y": 18 * (i // UNITS_A_LINE), "look": look}
        for i, look in enumerate(looks)
    ]
    lines = -(-len(looks) // UNITS_A_LINE)
    return {
        "cells": cells,
        "width": 18 * min(len(looks), UNITS_A_LINE),
        "height": max(18 * lines - 4, 0),
        "groups": groups,
    }


@register.inclusion_tag("components/spread.html")
def spread(
    scores: Iterable[Any],
    mean: Any,
    line: Any = None,
    low: int = 0,
    high: int = 100,
    *,
    far: Iterable[Any] = (),
) -> dict[str, Any]:
    """Experts' marks on one axis, their mean as a bar, the pass line dashed; `far` are those to be discussed."""
    ends = Decimal(low), Decimal(high)
    apart = {Decimal(score) for score in far}
    values = sorted(Decimal(score) for score in scores)
    return {
        "dots": [
            {"score": value, "x": drawn.on_axis(value, *ends), "is_far": value in apart} for value in values
        ],
        "mean": mean,
        "mean_at": None if mean is None else drawn.on_axis(Decimal(mean), *ends),
        "line_at": None if line is None else drawn.on_axis(Decimal(line), *ends),
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Page[Any], parameter: str = "page") -> dict[str, Any]:
    """Links to the page before and after, keeping the rest of the query."""
    query: QueryDict = context["request"].GET.copy()

    def link(number: int) -> dict[str, Any]:
        query[parameter] = str(number)
        return {"address": f"?{query.urlencode()}", "page": page.paginator.page(number)}

    return {
        "page": page,
        "before": link(page.number - 1) if page.has_previous() else None,
        "after": link(page.number + 1) if page.has_next() else None,
    }


@register.simple_block_tag
def note(content: str, tone: str = "", title: Any = "", role: str = "") -> SafeString:
    """An inset message: information, `alert` or `pass`; its title comes first."""
    shape = {"alert": icon("alert", "is-alert"), "pass": icon("ok", "is-pass")}.get(tone, "")
    head = format_html("<strong>{}{}{}</strong>", shape, " " if shape else "", title) if title else ""
    attributes = {"class": f"w-note is-{tone}" if tone else "w-note"}
    if role:
        attributes["role"] = role
    return format_html("<div{}>{}{}</div>", flatatt(attributes), head, content)


@register.simple_block_tag
def empty(content: str, title: Any) -> SafeString:
    """An empty place: what is not there, and in the block why and what to do next."""
    return format_html('<div class="w-empty"><h2>{}</h2>{}</div>', title, content)
