"""Erase somebody's name, or chosen texts, from the ledger: by order, and for good."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accreditation.models import User
from accreditation.queries.erasure import Wanted, remains
from accreditation.services.erasure import Order, erase_by_order, planned, refuse
from workflows.actors import PUBLIC, SYSTEM
from workflows.models import Event
from workflows.refusals import Refused

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Erase a person's name from the ledger, or chosen texts of chosen events, and record by whose order."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", nargs="?", help="user name or public identifier")
        parser.add_argument("--event", action="append", default=[], metavar="STREAM#SEQ", dest="events")
        parser.add_argument(
            "--field", action="append", metavar="FIELD", dest="fields", help='default: "reason"'
        )
        parser.add_argument(
            "--reasons", action="store_true", help="also the reasons that have the person's name"
        )
        parser.add_argument("--order", required=True, help="the ground: a document's number, a request")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="a manager of the city")
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and do nothing")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["person"] and not options["events"]:
            raise CommandError("name a person, or an event with --event STREAM#SEQ")
        order = Order(
            ground=options["order"],
            person=_person(options["person"]) if options["person"] else None,
            with_reasons=options["reasons"],
            chosen=[(_event(one), options["fields"] or ("reason",)) for one in options["events"]],
        )
        by = _person(options["by"])
        try:
            refuse(order, by=by)
            self._tell(order, planned(order))
            if options["dry_run"]:
                self.stdout.write("nothing was erased (--dry-run)")
                return
            if not options["yes"] and not self._is_confirmed():
                raise CommandError("nothing was erased")
            done = erase_by_order(order, by=by, at=timezone.now())
        except Refused as refusal:
            raise CommandError("\n".join(_said(refusal))) from refusal
        self.stdout.write(f"erased: text of {done.events} events in {done.streams} streams")

    def _tell(self, order: Order, wanted: Wanted) -> None:
        self.stdout.write(f"order: {order.ground}")
        if order.person is not None:
            self.stdout.write(
                f"person: {order.person.username} {order.person.name} ({order.person.public_id})"
            )
        self.stdout.write(f"events: {sum(map(len, wanted.values()))} in {len(wanted)} streams")
        for stream in sorted(wanted):
            texts = [one for one in wanted[stream].items() if "reason" in one[1] or "filter" in one[1]]
            self.stdout.write(f"  {stream}: {len(wanted[stream])}")
            for sequence, fields in sorted(texts)[:SHOWN]:
                self.stdout.write(f"    #{sequence} {_excerpt(stream, sequence, fields)}")
        for where, count in remains(order.person) if order.person else ():
            self.stdout.write(f"stays: {where} {count}")

    def _is_confirmed(self) -> bool:
        self.stdout.write("This cannot be undone. Type ERASE to go on: ", ending="")
        self.stdout.flush()
        try:
            return input().strip() == "ERASE"
        except EOFError:
            return False


def _person(named: str) -> User:
    known = User.objects.filter(username=named).first() or _by_public_id(named)
    if known is None and named in {SYSTEM.code, PUBLIC.code}:
        raise CommandError(f"{named} is a machine, not a person: it has no name to erase")
    if known is None:
        raise CommandError(f"there is no account {named}")
    return known


def _by_public_id(named: str) -> User | None:
    try:
        return User.objects.filter(public_id=UUID(named.removeprefix("user/"))).first()
    except ValueError:
        return None


def _event(named: str) -> Event:
    stream, _hash, sequence = named.rpartition("#")
    if not (stream and sequence.isascii() and sequence.isdecimal()):
        raise CommandError(f"{named}: write an event as STREAM#SEQ, such as application/…#7")
    found = Event.objects.filter(stream=stream, sequence=int(sequence)).select_related("payload").first()
    if found is None:
        raise CommandError(f"there is no event {named}")
    return found


def _excerpt(stream: str, sequence: int, fields: set[str]) -> str:
    event = Event.objects.select_related("payload").get(stream=stream, sequence=sequence)
    return "; ".join(f"{name}: {event.personal.get(name, '')[:60]}" for name in sorted(fields))


def _said(refusal: Refused) -> Sequence[str]:
    problems = getattr(refusal, "problems", ())
    return [str(one.message) for one in problems] or [refusal.reason]
