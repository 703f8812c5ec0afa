"""The review as of version 2026-2: nothing is put on the list of a notice before the site has been visited."""

from typing import Any

from accreditation import conditions as needs
from accreditation.process import ReviewProcess
from accreditation.states import State as S
from accreditation.steps import CITY_DECIDES, OWN, step


class ReviewProcess20262(ReviewProcess):
    """As version 2026-1, with a site visit 考察 before the city approves."""

    code = "2026-2"

    @step(
        S.CITY_DECISION,
        S.LISTED,
        CITY_DECIDES,
        needs.reason_given,
        needs.above_the_lines,
        needs.site_visited,
        tasks=OWN,
        favourable=True,
    )
    def approve(self, meeting: str = "") -> dict[str, Any]:
        """Put it on the list of the next public notice. The site has been visited."""
        facts: dict[str, Any] = super().approve.original(meeting)
        return facts | {"site_visits": self.subject.site_visits.count()}
