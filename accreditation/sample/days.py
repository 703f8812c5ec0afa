"""When the sample's steps were taken: so many working days before it is loaded, so that it is always of today."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from workflows.working_days import ONE_DAY, SHANGHAI, is_working_day

OPEN_BEFORE = timedelta(days=150)  # the cycle opens on the first of the month of that day
OPEN_AFTER = timedelta(days=40)  # and closes at the end of the day before that one
YEAR = re.compile(r"\{(-?\d+)\}")


@dataclass(frozen=True)
class Days:
    """The sample's calendar, seen from the moment `at` when it is loaded."""

    at: datetime

    @property
    def today(self) -> date:
        return self.at.astimezone(SHANGHAI).date()

    @property
    def opens_at(self) -> datetime:
        return _midnight((self.today - OPEN_BEFORE).replace(day=1))

    @property
    def closes_at(self) -> datetime:
        return _midnight(self.today + OPEN_AFTER)

    @property
    def year(self) -> int:
        """Return the year of the cycle."""
        return self.opens_at.year

    def before(self, days: int, clock: str) -> datetime:
        """Return the time of day `clock` ("09:30") on the working day that lies so many before today."""
        day = self.today
        while days:
            day -= ONE_DAY
            days -= is_working_day(day)
        return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)

    def dated(self, value: Any) -> Any:
        """Return the value with {0} in its texts replaced by the cycle's year, {-1} by the year before …"""
        if isinstance(value, str):
            return YEAR.sub(lambda match: str(self.year + int(match[1])), value)
        if isinstance(value, dict):
            return {key: self.dated(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.dated(part) for part in value]
        return value


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
