"""What a view behind `login_required` may take for granted."""

from django.http import HttpRequest

from accreditation.models import User


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in. For annotations only: the decorator is what makes it true."""

    user: User
