"""Keep a search over events under a name. They are a person's own convenience: no event tells of them."""

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import EventSearch, User
from accreditation.queries.event_searches import searches_of
from workflows.refusals import NotReady, Problem

MOST = 20
LONGEST_QUERY = 600


def save_event_search(*, by: User, name: str, query: str) -> EventSearch:
    """Keep a search. Raises NotReady when the name is taken, the list is full, or there is nothing to keep."""
    with transaction.atomic():
        known = _locked(by)
        if problem := _against(known, name, query):
            raise NotReady([problem])
        return EventSearch.objects.create(user=by, name=name.strip(), query=query)


def rename_event_search(search: EventSearch, *, by: User, name: str) -> EventSearch:
    """Give one's search another name. Raises NotReady when the name is taken."""
    with transaction.atomic():
        if _is_taken([one for one in _locked(by) if one.pk != search.pk], name):
            raise NotReady([_taken()])
        own = searches_of(by).get(pk=search.pk)
        own.name = name.strip()
        own.save(update_fields=["name"])
        return own


def delete_event_search(search: EventSearch, *, by: User) -> None:
    """Forget one's search; forgetting it twice changes nothing."""
    searches_of(by).filter(pk=search.pk).delete()


def _locked(by: User) -> list[EventSearch]:
    """Return the user's searches; nobody adds one meanwhile."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    return list(searches_of(by))


def _against(known: list[EventSearch], name: str, query: str) -> Problem | None:
    if not query:
        return Problem(_("先填写检索的条件，再保存。"), field="name")
    if len(query) > LONGEST_QUERY:
        return Problem(_("条件太长，缩短查找的文字再保存。"), field="name")
    if _is_taken(known, name):
        return _taken()
    if len(known) >= MOST:
        return Problem(_("最多保存%(most)d个，删去不用的再保存。") % {"most": MOST}, field="name")
    return None


def _is_taken(known: list[EventSearch], name: str) -> bool:
    return any(one.name == name.strip() for one in known)


def _taken() -> Problem:
    return Problem(_("已有同名的条件，换一个名称。"), field="name")
