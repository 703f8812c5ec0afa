"""Find Chinese that a reader of English would meet untranslated: in code, in templates and in the catalogue.

In code: a Chinese string that is not handed to gettext. Strings that are data and not words on a page carry
`# untranslated: REASON` on their line; whole files of such data are listed below.
In templates: Chinese outside {% translate %} and {% blocktranslate %}, save in an element of lang="zh-Hans".
In our own style sheets and scripts: any Chinese.
In the catalogue: a message missing, empty, fuzzy, no longer used, with other placeholders, or not compiled.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from catalogue import ROOT, committed, compiled, extracted

CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
PACKAGES = ("config", "accreditation", "workflows", "certificates")
GETTEXT = re.compile(r"_|d?n?p?gettext(_lazy|_noop)?")
EXEMPT = re.compile(r"#\s*untranslated:\s*\S")
# Files whose Chinese is data: it is the same for every reader.
DATA = {
    "accreditation/figures.py": "the grammar of Chinese figures",
    "accreditation/rubrics/": "the rubric is a document of its own",
    "accreditation/sample/": "the sample's names and texts",
    "certificates/configuration.py": "what stands on the certificate, a Chinese document for every reader",
    "certificates/designs/": "the certificate",
    "certificates/page.py": "the certificate",
    "certificates/trial.py": "what a certificate of nobody says",
    "config/formats/zh_Hans/": "how Chinese writes dates",
    "templates/components/mark.html": "the mark is drawn of a character",
}
TRANSLATED = re.compile(
    r"{%-?\s*blocktrans(?:late)?\b.*?{%-?\s*endblocktrans(?:late)?\s*-?%}"
    r"|{%-?\s*trans(?:late)?\b.*?%}"
    r"""|_\((?:"[^"]*"|'[^']*')\)"""
    r'|\|figure:"[^"]*"'  # a unit, which the filter says in the reader's language
    r"""|<(\w+)[^>]*\slang="zh-Hans"[^>]*>.*?</\1>"""
    r"|{#.*?#}|{%-?\s*comment\b.*?{%-?\s*endcomment\s*-?%}|<!--.*?-->",
    re.DOTALL,
)
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|{\w*}")


def main() -> int:
    """Print every finding; return 1 if there is any."""
    findings = [*in_code(), *in_templates(), *in_static(), *in_catalogue()]
    print("\n".join(findings) or "translations: complete")
    return bool(findings)


def in_code() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and not _is_data(path):
                yield from _in_module(path)


def _in_module(path: Path) -> Iterator[str]:
    source = path.read_text()
    lines = source.splitlines()
    tree = ast.parse(source)
    harmless = _docstrings(tree) | _translated(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in harmless or not isinstance(node.value, str):
            continue
        if CHINESE.search(node.value) and not any(
            map(EXEMPT.search, lines[node.lineno - 1 : node.end_lineno])
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: not handed to gettext: {node.value[:40]!r}"


def _docstrings(tree: ast.AST) -> set[int]:
    """Return the ids of the string constants that stand alone as statements."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _translated(tree: ast.AST) -> set[int]:
    """Return the ids of the constants inside a call of a gettext function."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and GETTEXT.fullmatch(_name(node.func)):
            found.update(id(part) for argument in node.args for part in ast.walk(argument))
    return found


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def in_templates() -> Iterator[str]:
    paths = [path for folder in ("templates", *PACKAGES) for path in (ROOT / folder).rglob("*.html")]
    for path in sorted(paths):
        if not _is_data(path):
            yield from _in_text(path, TRANSLATED)


def in_static() -> Iterator[str]:
    for path in sorted((ROOT / "static" / "wuhao").rglob("*")):
        if path.suffix in {".css", ".js"}:
            yield from _in_text(path, COMMENT)


def _is_data(path: Path) -> bool:
    return str(path.relative_to(ROOT)).startswith(tuple(DATA))


def _in_text(path: Path, harmless: re.Pattern[str]) -> Iterator[str]:
    bare = harmless.sub(lambda match: "\n" * match[0].count("\n"), path.read_text())
    for number, line in enumerate(bare.splitlines(), start=1):
        if CHINESE.search(line):
            yield f"{path.relative_to(ROOT)}:{number}: untranslated: {line.strip()[:60]}"


def in_catalogue() -> Iterator[str]:
    messages = {_key(entry): entry for entry in extracted()}
    english = {_key(entry): entry for entry in committed()}
    for key, entry in english.items():
        if entry.obsolete or key not in messages:
            yield f"locale/en: no longer used: {key[1][:60]!r}"
    missing = [key[1] for key in messages if key not in english]
    if missing:
        yield f"locale/en: {len(missing)} messages missing (make messages), the first: {missing[0][:60]!r}"
    shared = [key for key in messages if key in english]
    empty = [key[1] for key in shared if not any(_texts(english[key]))]
    if empty:
        yield f"locale/en: {len(empty)} messages not translated, the first: {empty[0][:60]!r}"
    for key in shared:
        if key[1] not in empty:
            yield from _in_entry(messages[key], english[key])
    if compiled() != committed().to_binary():
        yield "locale/en: django.mo is not compiled from django.po (make messages)"


def _in_entry(message: polib.POEntry, english: polib.POEntry) -> Iterator[str]:
    where = f"locale/en: {message.msgid[:60]!r}"
    texts = _texts(english)
    if english.fuzzy or not all(texts):
        yield f"{where}: {'fuzzy' if english.fuzzy else 'not translated'}"
        return
    wanted = set(PLACEHOLDER.findall(message.msgid_plural or message.msgid))
    for text in texts:
        # A singular may leave its number out: "one application".
        if set(PLACEHOLDER.findall(text)) != wanted and not (message.msgid_plural and text == texts[0]):
            yield f"{where}: other placeholders: {text[:60]!r}"


def _texts(entry: polib.POEntry) -> list[str]:
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return [text.strip() for text in texts]


def _key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


if __name__ == "__main__":
    sys.exit(main())
