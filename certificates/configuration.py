"""What an issuer may choose about its certificates: the newest `Layout`, else `settings.CERTIFICATE` over the defaults
of Chongqing."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from django.conf import settings

from certificates.models import Layout

CHINESE, BOTH = "zh", "zh-en"
"""The languages of a certificate: Chinese, or English beside it."""


@dataclass(frozen=True)
class Configuration:
    """The issuer's choices. Defaults are those of domain rule "Certificate text (d)"."""

    issuer: str = "重庆市总工会"
    issuer_en: str = "Chongqing Federation of Trade Unions"
    # Who issues beside the issuer, in this order, and their English names in the same order.
    joint_issuers: tuple[str, ...] = ()
    joint_issuers_en: tuple[str, ...] = ()
    title: str = "重庆市劳模创新工作室"
    title_en: str = "Chongqing Model Worker Innovation Studio"
    heading: str = "命名证书"
    heading_en: str = "Certificate of Designation"
    # The lines before and after the studio's name; {title} is the title.
    before: str = "经评审、公示，决定命名"
    before_en: str = "Upon review and public notice, it is resolved to name the above studio"
    after: str = "为“{title}”，特发此证。"
    after_en: str = "{title}"
    # Python format text; `year` and `serial` are whole numbers.
    number_format: str = "渝劳模创〔{year}〕第{serial:04d}号"
    # Years; a certificate issued on 16 October 2026 is valid until 15 October 2029.
    valid_years: int = 3
    # Round the seal's edge; "" means the issuer.
    seal_text: str = ""
    # Across the middle. The drawn seal is no legal e-seal (those need GB/T 38540 and a licensed provider).
    seal_mark: str = "示例"
    # Designs by their keys (`designs.py`).
    design: str = "classic"
    plaque: str = "plaque-classic"
    language: str = CHINESE

    @property
    def issuers(self) -> list[tuple[str, str]]:
        """Everybody who issues, in order, each with the English name, "" where there is none."""
        english = [*self.joint_issuers_en, *[""] * len(self.joint_issuers)]
        return [(self.issuer, self.issuer_en), *zip(self.joint_issuers, english, strict=False)]


def layout_in_force() -> Layout | None:
    """The newest layout; None where the settings still say how certificates look."""
    return Layout.objects.first()


def configuration() -> Configuration:
    """The issuer's choices as they stand now; raises TypeError for a key of the settings that does not exist."""
    return configuration_of(layout_in_force())


def configuration_of(layout: Layout | None) -> Configuration:
    """The choices that a layout keeps; without one, those of the settings."""
    if layout is None:
        return Configuration(**getattr(settings, "CERTIFICATE", {}))
    return from_document(layout.document)


def as_document(chosen: Configuration) -> dict[str, Any]:
    """The choices as JSON, as `Layout.document` keeps them."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(chosen).items()
    }


def from_document(document: dict[str, Any]) -> Configuration:
    """The choices from what a layout keeps; what an older one does not know is as by default."""
    known = {field.name for field in fields(Configuration)} & set(document)
    kept: dict[str, Any] = {name: document[name] for name in known}
    for name, value in kept.items():
        kept[name] = tuple(value) if isinstance(value, list) else value
    return Configuration(**kept)
