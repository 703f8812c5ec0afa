"""The English catalogue: what the sources say and what is committed. As a script it joins the two."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
SOURCES = ("config", "accreditation", "workflows", "certificates", "templates")
HEADER = {
    "Project-Id-Version": "Wuhao",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def extracted() -> polib.POFile:
    """Return every message of the sources, untranslated, as Django's own makemessages finds them."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in SOURCES:
            shutil.copytree(
                ROOT / name,
                Path(scratch) / name,
                ignore=shutil.ignore_patterns("__pycache__", "*.ttf", "*.otf"),
            )
        (Path(scratch) / "locale").mkdir()
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "--locale=en",
            "--no-location",
            "--verbosity=0",
        ]
        environment = {name: text for name, text in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(command, cwd=scratch, env=environment, check=True)  # noqa: S603
        return polib.pofile(str(Path(scratch) / "locale" / "en" / "LC_MESSAGES" / "django.po"))


def committed() -> polib.POFile:
    """Return the catalogue in the tree; an empty one if there is none yet."""
    return polib.pofile(str(PO), wrapwidth=0) if PO.exists() else polib.POFile(wrapwidth=0)


def compiled() -> bytes:
    """Return what Django reads at run time."""
    return MO.read_bytes() if MO.exists() else b""


def update() -> None:
    """Write the catalogue anew: every message of the sources, sorted, translated where it was; compile it."""
    known = {
        (entry.msgctxt, entry.msgid, entry.msgid_plural): entry for entry in committed() if not entry.obsolete
    }
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = HEADER
    for entry in sorted(extracted(), key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        old = known.get((entry.msgctxt, entry.msgid, entry.msgid_plural))
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        if old is not None:
            entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural
        fresh.append(entry)
    PO.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(PO))
    fresh.save_as_mofile(str(MO))
    waiting = [entry.msgid for entry in fresh.untranslated_entries()]
    print(f"locale/en: {len(fresh)} messages, {len(waiting)} not translated")


if __name__ == "__main__":
    update()
