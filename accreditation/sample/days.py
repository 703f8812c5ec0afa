"""When the sample's steps were taken: so many working days before it is loaded, so that it is always of today."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from workflows.working_days import ONE_DAY, SHANGHAI, is_working_day

OPEN_BEFORE = timedelta(days=150)  # the cycle opens on the first of that day's month
OPEN_AFTER = timedelta(days=30)  # and closes with that day's month
A_MONTH = timedelta(days=31)
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
        return _midnight(((self.today + OPEN_AFTER).replace(day=1) + A_MONTH).replace(day=1))

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

    def before_opening(self, days: int, clock: str) -> datetime:
        """Return the time of day on the last working day that lies at least so many days before the opening."""
        day = self.opens_at.date() - ONE_DAY * days
        while not is_working_day(day):
            day -= ONE_DAY
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
