"""An auditor at work."""

from tests.accreditation.at_work import NOW, clock, signed_in

__all__ = ["NOW", "clock", "signed_in"]
