"""Make the two fonts of the certificates from Debian's Noto Serif CJK SC.

They hold 通用规范汉字表 (8,105 characters, 2013), GB 2312 and the punctuation that documents use, and
nothing else: small enough to commit, and the same on every machine. They carry a family name of our
own, so that no font installed on the machine can step in for them unseen.

    apt-get install fonts-noto-cjk libharfbuzz-bin unicode-data
    python scripts/make_fonts.py

Writes certificates/fonts/: codepoints.txt (the list, committed so that a change shows),
WuhaoSerif-Regular.otf, WuhaoSerif-Bold.otf and OFL.txt (the licence of Noto, which the two files keep).
"""

import bz2
import os
import re
import subprocess
import sys
from pathlib import Path

# Without it the moment of making would be written into the fonts, and two runs would differ.
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parent.parent / "certificates" / "fonts"
NOTO = Path("/usr/share/fonts/opentype/noto")
UNIHAN = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
NOTO_LICENCE = Path("/usr/share/doc/fonts-noto-cjk/copyright")
SIMPLIFIED_CHINESE = 2  # the face inside the collections
FAMILY = "Wuhao Serif"
WEIGHTS = ("Regular", "Bold")
DROPPED_TABLES = "GPOS,GSUB,BASE,vhea,vmtx,VORG,DSIG"
GENERAL_STANDARD_SIZE = 8105
# What neither list has: Latin-1, the dashes and quotes of general punctuation, 〔〕 and their kin,
# numbers in circles, CJK units, full-width forms and the fraction signs that figures use.
EXTRA_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xFF),
    (0x100, 0x17F),
    (0x2010, 0x2027),
    (0x2030, 0x203B),
    (0x2100, 0x2122),
    (0x2150, 0x217B),
    (0x2190, 0x2193),
    (0x2200, 0x22FF),
    (0x2460, 0x249B),
    (0x3000, 0x301F),
    (0x3380, 0x33DF),
    (0xFF01, 0xFF5E),
    (0xFFE0, 0xFFE5),
)


def general_standard_characters() -> set[int]:
    """Code points of 通用规范汉字表, from Unihan's kTGH (Debian's unicode-data)."""
    text = bz2.decompress(UNIHAN.read_bytes()).decode()
    points = {int(point, 16) for point in re.findall(r"^U\+([0-9A-F]+)\tkTGH\t", text, re.MULTILINE)}
    if len(points) != GENERAL_STANDARD_SIZE:
        sys.exit(f"{UNIHAN}: {len(points)} characters with kTGH, expected {GENERAL_STANDARD_SIZE}")
    return points


def gb2312_characters() -> set[int]:
    """Code points of GB 2312, from the codec: every cell of its 94 × 94 table that holds something."""
    cells = (bytes((row, cell)) for row in range(0xA1, 0xFF) for cell in range(0xA1, 0xFF))
    return {ord(text) for cell in cells if (text := cell.decode("gb2312", errors="ignore"))}


def wanted_characters() -> list[int]:
    """Every code point of the fonts, in order; exits if Noto lacks one of the two lists."""
    standard = general_standard_characters() | gb2312_characters()
    extra = {point for first, last in EXTRA_RANGES for point in range(first, last + 1)}
    present = set(TTFont(collection("Regular"), fontNumber=SIMPLIFIED_CHINESE).getBestCmap())
    if lacking := sorted(standard - present):
        sys.exit("Noto Serif CJK SC lacks " + " ".join(f"U+{point:04X}" for point in lacking))
    return sorted(standard | (extra & present))


def collection(weight: str) -> Path:
    return NOTO / f"NotoSerifCJK-{weight}.ttc"


def subset(weight: str, codepoints: Path, target: Path) -> None:
    subprocess.run(  # noqa: S603  # every argument is a constant of this file
        [  # noqa: S607  # Debian's libharfbuzz-bin, wherever it stands
            "hb-subset",
            str(collection(weight)),
            f"--face-index={SIMPLIFIED_CHINESE}",
            f"--unicodes-file={codepoints}",
            f"--output-file={target}",
            "--name-IDs=0,5,13,14",
            "--no-hinting",
            "--desubroutinize",
            f"--drop-tables={DROPPED_TABLES}",
        ],
        check=True,
    )


def rename(font_file: Path, weight: str) -> None:
    """Give the font our family name; the copyright and licence entries stay as they are."""
    font = TTFont(font_file, recalcTimestamp=False)
    postscript = f"{FAMILY.replace(' ', '')}-{weight}"
    names = {1: FAMILY, 2: weight, 3: postscript, 4: f"{FAMILY} {weight}", 6: postscript}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in {0, 5, 13, 14}]
    for name_id, text in names.items():
        table.setName(text, name_id, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff.topDictIndex[0].FamilyName = FAMILY
    cff.topDictIndex[0].FullName = f"{FAMILY} {weight}"
    font.save(font_file)


def licence() -> str:
    """The SIL Open Font License as Debian ships it for Noto CJK, with Debian's paragraph marks undone."""
    text = NOTO_LICENCE.read_text()
    body = re.search(r"^License: SIL-1\.1\n((?: .*\n)+)", text, re.MULTILINE)
    if not body:
        sys.exit(f"{NOTO_LICENCE}: no text of SIL-1.1")
    lines = [line.removeprefix(" ").removeprefix(".") for line in body[1].splitlines()]
    noto = TTFont(collection("Regular"), fontNumber=SIMPLIFIED_CHINESE)
    head = (
        f"{FAMILY} is a subset of Noto Serif CJK SC, renamed. Of the original:\n"
        f"{noto['name'].getDebugName(0)}\n\n"
    )
    return head + "\n".join(lines) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    codepoints = FOLDER / "codepoints.txt"
    points = wanted_characters()
    codepoints.write_text("".join(f"{point:04X}\n" for point in points))
    (FOLDER / "OFL.txt").write_text(licence())
    for weight in WEIGHTS:
        target = FOLDER / f"{FAMILY.replace(' ', '')}-{weight}.otf"
        subset(weight, codepoints, target)
        rename(target, weight)
        sys.stdout.write(f"{target.name}: {len(points)} characters, {target.stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
