"""Keep a search of the desk under a name. They are a person's own convenience: no event tells of them."""

from django.db import transaction
from django.utils.translation import gettext as _

from accreditation.models import SavedSearch, User
from workflows.refusals import NotReady, Problem

MOST = 20
LONGEST_QUERY = 300


def save_search(*, by: User, name: str, query: str) -> SavedSearch:
    """Keep a search at the end of the list. Raises NotReady when the name is taken or the list is full."""
    with transaction.atomic():
        known = _locked(by)
        if len(query) > LONGEST_QUERY:
            raise NotReady([Problem(_("条件太长，缩短查找的文字再保存。"), field="name")])
        _refuse_taken(known, name)
        if len(known) >= MOST:
            raise NotReady(
                [Problem(_("最多保存%(most)d个，删去不用的再保存。") % {"most": MOST}, field="name")]
            )
        order = max((one.order for one in known), default=0) + 1
        return SavedSearch.objects.create(user=by, name=name.strip(), query=query, order=order)


def rename_search(search: SavedSearch, *, by: User, name: str) -> SavedSearch:
    """Give one's search another name. Raises NotReady when the name is taken."""
    with transaction.atomic():
        _refuse_taken([one for one in _locked(by) if one.pk != search.pk], name)
        own = SavedSearch.objects.get(pk=search.pk, user=by)
        own.name = name.strip()
        own.save(update_fields=["name"])
        return own


def delete_search(search: SavedSearch, *, by: User) -> None:
    """Forget one's search; forgetting it twice changes nothing."""
    SavedSearch.objects.filter(pk=search.pk, user=by).delete()


def _locked(by: User) -> list[SavedSearch]:
    """Return the user's searches; nobody adds one meanwhile."""
    User.objects.select_for_update().get(pk=by.pk)
    return list(SavedSearch.objects.filter(user=by))


def _refuse_taken(known: list[SavedSearch], name: str) -> None:
    if any(one.name == name.strip() for one in known):
        raise NotReady([Problem(_("已有同名的条件，换一个名称。"), field="name")])
