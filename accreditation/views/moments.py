"""A moment of the past in words."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.face import dates
from accreditation.forms.moments import Moment


def until_words(moment: Moment | None) -> str:
    """Say up to when something is looked at: to an event, to the second where one was named, else to the minute."""
    if moment is None:
        return _("截至现在")
    year = timezone.localdate().year
    if moment.sequence is not None:
        said = {"number": moment.sequence, "time": dates.moment(moment.at, year)}
        return _("截至第%(number)d条，%(time)s") % said
    if moment.is_exact:
        day, time = dates.month_day(moment.at, year), timezone.localtime(moment.at)
        return _("截至%(day)s%(time)s") % {"day": day, "time": f"{time:%H:%M:%S}"}
    return _("截至%(time)s") % {"time": dates.moment(moment.until, year)}
