"""Deny the application's own account on PostgreSQL to change or delete what the ledger holds."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, transaction

from workflows.ledger import roles
from workflows.ledger.roles import CannotLimit


class Command(BaseCommand):
    help = "Print, or apply as the owner of the tables, by which SQL an account can only add to the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", required=True, help="the account that the application signs in with")
        parser.add_argument("--apply", action="store_true", help="do it, and look whether it holds")

    def handle(self, *args: Any, role: str, apply: bool, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                "this database is SQLite, which knows no accounts: whoever can write its file can change all of it. "
                "The triggers stand; for an account that can only add, use PostgreSQL."
            )
        try:
            roles.refuse_stronger(role)
            wanted = list(roles.statements(role))
            if apply:
                self._apply(role, wanted)
        except (CannotLimit, DatabaseError) as error:
            raise CommandError(str(error)) from error
        for statement in wanted:
            self.stdout.write(f"{statement};")
        if apply:
            self.stdout.write(f"applied: {role} can only add to {', '.join(roles.guarded())}")

    @transaction.atomic
    def _apply(self, role: str, wanted: list[str]) -> None:
        with connection.cursor() as cursor:
            for statement in wanted:
                cursor.execute(statement)
        if left := roles.left_over(role):
            raise CannotLimit(f"{role} still has {'; '.join(left)}: take it from the roles it is a member of")
