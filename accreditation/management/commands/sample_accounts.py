"""Print the accounts of the sample and where to sign in."""

import unicodedata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse
from django.utils import translation

from accreditation.models import Organisation
from accreditation.sample.accounts import Account, kept, path

WIDE = "WF"  # East Asian widths that take two columns of a terminal


class Command(BaseCommand):
    help = "Print the accounts of the sample, if a sample was loaded."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = kept()
        if not accounts:
            self.stdout.write("accounts: no sample was loaded here")
            return
        with translation.override("zh-hans"):
            self.stdout.write(
                f"accounts of sample people, who do not exist; kept in {path()}:"
            )  # untranslated: beside English
            for account in sorted(accounts, key=lambda account: not account.task):
                self.stdout.write(f"  {_line(account)}")
        self.stdout.write(f"register: {settings.BASE_URL}{reverse('register')}")
        self.stdout.write(f"sign in: {settings.BASE_URL}{reverse('login')}")


def _line(account: Account) -> str:
    words = dict(Organisation._meta.permissions)
    grants = "、".join(str(words[grant]) for grant in account.grants)
    who = f"{_padded(account.name, 8)}{_padded(grants, 18)}{_padded(account.office, 33)}"
    return f"{account.username:<10} {account.password}  {who}{account.task}".rstrip()


def _padded(text: str, columns: int) -> str:
    taken = sum(2 if unicodedata.east_asian_width(character) in WIDE else 1 for character in text)
    return text + " " * max(1, columns - taken)
