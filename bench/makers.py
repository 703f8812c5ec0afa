"""The same certificate by other means: WeasyPrint as we use it, headless Chromium, typst. Each in a process of its own.

`python -m bench.measure maker NAME` prints what it measured as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import typst
from playwright.sync_api import sync_playwright

from bench.certificate import certificate, draw
from bench.memory import watched
from bench.report import heading, line, times
from certificates.configuration import configuration_of
from certificates.designs import prepared, source_of
from certificates.ornament import ornament
from certificates.page import as_html, facts_of
from certificates.paper import FOLDER
from certificates.proofs import place_of
from certificates.sandbox import filled_in
from certificates.signing import seals

DESIGN = "classic"
Make = Callable[[int], bytes]
HERE = Path(__file__).resolve().parent
CHROMIUM = "/usr/bin/chromium"
STANDARDS = ["a-3a", "ua-1"]
PLAIN = (
    *("number", "heading", "valid_until", "decision_number", "check_code"),
    *("issued_on", "record", "checkpoint", "root"),
)
"""Facts that typst is given as they are."""


def measure(rounds: int) -> None:
    """Print time, size and memory of each."""
    heading(
        f"A certificate of the same design ({rounds} each, one at a time, in a process that has made one before)"
    )
    found = {name: _in_a_process(name, rounds) for name in MAKERS}
    ours = found["WeasyPrint, signed"]["seconds"]
    for name, one in found.items():
        held = f"{one['bytes'] / 1024:,.0f} kB; {one['memory']:,.0f} MB at its most; {NOTES[name]}"
        line(name, f"{one['seconds'] * 1000:,.0f} ms", held)
        if name != "WeasyPrint, signed":
            line("  against ours, signed", times(one["seconds"] / ours))


def report(name: str, rounds: int) -> None:
    """Make so many, and print what one took as JSON."""
    with MAKERS[name]() as make, watched(os.getpid()) as memory:
        make(0)
        seconds, size = [], 0
        for number in range(1, rounds + 1):
            began = time.perf_counter()
            size = len(make(number))
            seconds.append(time.perf_counter() - began)
    print(json.dumps({"seconds": median(seconds), "bytes": size, "memory": memory.most}))


def _in_a_process(name: str, rounds: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.measure", "maker", "--name", name, "--rounds", str(rounds)]
    # Playwright's event loop runs in the same thread; the database is used from that one alone all the same.
    environment = os.environ | {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


@contextmanager
def _drawn() -> Iterator[Make]:
    yield draw


@contextmanager
def _signed() -> Iterator[Make]:
    seal = seals.provider()
    yield lambda number: seal.seal(draw(number), dated=certificate(number).registered_at)


@contextmanager
def _chromium() -> Iterator[Make]:
    """Print the very page that WeasyPrint is given, from a tab that stays open."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        options = ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        tab, file = browser.new_page(), Path(folder) / "page.html"

        def make(number: int) -> bytes:
            file.write_text(_for_a_browser(number), encoding="utf-8")
            tab.goto(file.as_uri())
            return bytes(tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True))

        yield make
        browser.close()


def _for_a_browser(number: int) -> str:
    one = certificate(number)
    facts = facts_of(one, configuration_of(None), place_of(one.log_proof))
    page = as_html(one, facts, filled_in(prepared(DESIGN).template, facts))
    frame = b64encode(_bytes(ornament(DESIGN))).decode()
    sheets = (FOLDER / "designs" / "base.css").read_text("utf-8") + source_of(DESIGN).sheet
    sheets = sheets.replace(f"ornament:{DESIGN}", f"data:image/svg+xml;base64,{frame}")
    sheets = sheets.replace("../fonts/", f"{(FOLDER / 'fonts').as_uri()}/")
    return page.replace("</head>", f"<style>{sheets}</style></head>")


@contextmanager
def _typst() -> Iterator[Make]:
    compiler = typst.Compiler(
        HERE / "certificate.typ", font_paths=[FOLDER / "fonts"], ignore_system_fonts=True
    )

    def make(number: int) -> bytes:
        return bytes(
            compiler.compile(sys_inputs={"data": json.dumps(_said(number))}, pdf_standards=STANDARDS)
        )

    yield make


def _said(number: int) -> Mapping[str, Any]:
    one = certificate(number)
    facts = facts_of(one, configuration_of(None), place_of(one.log_proof))
    return {name: facts[name] for name in PLAIN} | {
        "studio": one.studio_name, "enterprise": one.enterprise_name, "issuer": one.issuer,
        "before": facts["before"]["text"], "after": facts["after"]["text"],
        "qr": facts["qr"].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1),
        "seal": facts["seal"], "frame": _bytes(ornament(DESIGN)).decode(),
    }  # fmt: skip


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


MAKERS: Mapping[str, Callable[[], Any]] = {
    "WeasyPrint, signed": _signed,
    "WeasyPrint, not signed": _drawn,
    "Chromium's print to PDF": _chromium,
    "typst": _typst,
}
NOTES = {
    "WeasyPrint, signed": "PDF/A-3a, PDF/UA-1, PAdES, two attachments",
    "WeasyPrint, not signed": "PDF/A-3a, PDF/UA-1, two attachments",
    "Chromium's print to PDF": "tagged, neither PDF/A nor PDF/UA",
    "typst": "PDF/A-3a, PDF/UA-1, no attachments",
}
