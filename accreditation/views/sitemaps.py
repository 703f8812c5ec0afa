"""What search engines are told: the public pages, and which addresses to leave alone."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.sitemaps import Sitemap, views
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accreditation.queries import sitemap as queries

OPEN = ("/$", "/register/", "/districts/", "/notices/", "/decisions/", "/verify/$", "/static/", "/sitemap")
"""Where search engines may go. What is not named here is closed, so that a page added later is not found by them."""
CLOSED = ("/register/?", "/districts/*?", "/notices/*/objection/", "/verify/c/", "/")
"""What stays closed though it begins as an open address does; the longest rule that fits holds (RFC 9309)."""
HOUR = 3600  # seconds that a copy may be kept


class Pages(Sitemap):
    """The pages that there are one of."""

    def items(self) -> list[str]:
        return ["home", "register", "districts", "notices", "verify"]

    def location(self, item: str) -> str:
        return reverse(item)

    def lastmod(self, item: str) -> datetime | None:
        return self._changed.get(item)

    def get_latest_lastmod(self) -> datetime | None:
        return max((at for at in self._changed.values() if at), default=None)

    @cached_property
    def _changed(self) -> dict[str, datetime | None]:
        register, notices = queries.register_changed(), queries.notices_changed()
        either = max((at for at in (register, notices) if at), default=None)
        return {"home": either, "register": register, "districts": register, "notices": notices}


class Studios(Sitemap):
    """The pages of the studios in the register."""

    def items(self) -> Any:
        return queries.studios()

    def location(self, item: dict[str, Any]) -> str:
        return reverse("studio", args=[item["studio__public_id"]])

    def lastmod(self, item: dict[str, Any]) -> datetime:
        return item["changed"]

    def get_latest_lastmod(self) -> datetime | None:
        return queries.register_changed()


class Districts(Sitemap):
    """The pages of the districts, industries and groups."""

    def items(self) -> Any:
        return queries.bodies()

    def location(self, item: dict[str, Any]) -> str:
        return reverse("district", args=[item["code"]])

    def lastmod(self, item: dict[str, Any]) -> datetime | None:
        return item["changed"]

    def get_latest_lastmod(self) -> datetime | None:
        return queries.register_changed()


class Notices(Sitemap):
    """The public notices."""

    def items(self) -> Any:
        return queries.notices()

    def location(self, item: dict[str, Any]) -> str:
        return reverse("notice", args=[item["public_id"]])

    def lastmod(self, item: dict[str, Any]) -> datetime:
        return item["published_at"]

    def get_latest_lastmod(self) -> datetime | None:
        return queries.notices_changed()


class Decisions(Sitemap):
    """The naming decisions."""

    def items(self) -> Any:
        return queries.decisions()

    def location(self, item: dict[str, Any]) -> str:
        return reverse("decision", args=[item["public_id"]])

    def lastmod(self, item: dict[str, Any]) -> datetime:
        return item["signed_at"]

    def get_latest_lastmod(self) -> datetime | None:
        return queries.register_changed()


SECTIONS: "dict[str, type[Sitemap[Any]] | Sitemap[Any]]" = {
    "pages": Pages,
    "studios": Studios,
    "districts": Districts,
    "notices": Notices,
    "decisions": Decisions,
}


@require_safe
@cache_control(public=True, max_age=HOUR)
def sitemap(request: HttpRequest) -> HttpResponse:
    """The sitemaps of all sections; each has at most 50,000 addresses, as search engines want it."""
    return views.index(request, SECTIONS, sitemap_url_name="sitemap-section")


@require_safe
@cache_control(public=True, max_age=HOUR)
def section(request: HttpRequest, section: str) -> HttpResponse:
    """The addresses of a section and when each last changed."""
    return views.sitemap(request, SECTIONS, section=section)


@require_safe
@cache_control(public=True, max_age=HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    """Where search engines may go."""
    rules = [f"Allow: {path}" for path in OPEN] + [f"Disallow: {path}" for path in CLOSED]
    lines = ["User-agent: *", *rules, "", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
