"""Measure one part on the database that the settings name, and print its figures."""

import argparse
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

django.setup()

from bench import actions, bare, batch, certificate, desk, events, ledger, makers, transitions  # noqa: E402


def main() -> None:
    """Measure what the arguments name."""
    chosen = arguments().parse_args()
    call_command("signing_key", verbosity=0)
    if chosen.part == "maker":
        makers.report(chosen.name, chosen.rounds)
        return
    call_command("migrate", verbosity=0)
    make_keys()
    if chosen.part == "certificate":
        measure_certificates(chosen)
    else:
        measure_database(chosen)


def make_keys() -> None:
    """Make the keys that sign checkpoints, files and credentials, where there are none yet."""
    for command, file in (
        ("ledger_key", settings.LEDGER_KEY_FILE),
        ("signing_key", settings.SIGNING_KEY_FILE),
    ):
        if not Path(file).exists():
            call_command(command, stdout=StringIO())


def measure_certificates(chosen: argparse.Namespace) -> None:
    """Measure what depends on no database."""
    if chosen.once:
        certificate.draw()
        return
    certificate.measure(chosen.rounds)
    makers.measure(3 * chosen.rounds)
    batch.measure(chosen.certificates)


def measure_database(chosen: argparse.Namespace) -> None:
    """Measure what does."""
    for_the_desk, for_the_ledger = bare.copy_database("desk"), bare.copy_database("ledger")
    for_the_search = bare.copy_database("search")
    transitions.measure(chosen.block, chosen.rounds)
    actions.measure()
    bare.turn_to(for_the_desk)
    desk.measure(chosen.sizes, chosen.rounds)
    bare.turn_to(for_the_ledger)
    ledger.measure(chosen.events)
    bare.turn_to(for_the_search)
    events.measure(chosen.searched, chosen.rounds)


def arguments() -> argparse.ArgumentParser:
    """Return what the command line may say."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("part", choices=["database", "certificate", "maker"])
    parser.add_argument("--rounds", type=int, default=7, help="how often each thing has its turn")
    parser.add_argument("--block", type=int, default=30, help="transitions in a turn")
    parser.add_argument("--sizes", type=int, nargs=2, default=[1_000, 100_000], help="applications")
    parser.add_argument("--events", type=int, default=200_000, help="events of the ledger that is verified")
    parser.add_argument(
        "--searched", type=int, nargs=2, default=[10_000, 1_000_000], help="events that are searched"
    )
    parser.add_argument("--certificates", type=int, default=500, help="certificates of a batch")
    parser.add_argument("--name", help="which maker of certificates")
    parser.add_argument("--once", action="store_true", help="draw one certificate and end")
    return parser


if __name__ == "__main__":
    main()
