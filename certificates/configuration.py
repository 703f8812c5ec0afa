"""What an issuer may choose about its certificates: `settings.CERTIFICATE`, over Chongqing's defaults."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Configuration:
    """The issuer's choices. Defaults are those of domain rule "Certificate text (d)"."""

    issuer: str = "重庆市总工会"
    title: str = "重庆市劳模创新工作室"
    heading: str = "命名证书"
    # Python format text; `year` and `serial` are whole numbers.
    number_format: str = "渝劳模创〔{year}〕第{serial:04d}号"
    # Years; a certificate issued on 16 October 2026 is valid until 15 October 2029.
    valid_years: int = 3
    # Round the seal's edge; "" means the issuer.
    seal_text: str = ""
    # Across the middle. The drawn seal is no legal e-seal (those need GB/T 38540 and a licensed provider).
    seal_mark: str = "示例"


def configuration() -> Configuration:
    """The issuer's choices as they stand now; raises TypeError for a key that does not exist."""
    return Configuration(**getattr(settings, "CERTIFICATE", {}))
