"""The words of the pages in other languages: finds them in templates and code, and makes ``.mo`` out of ``.po``.

    python tools/messages.py           compile every catalogue below services/pages/locale
    python tools/messages.py --list    print every word the pages ask for

The catalogues are small and the compiled ones are kept beside them, so nobody needs gettext to run the platform.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "jianheng"
LOCALE = PACKAGE / "services" / "pages" / "locale"
QUOTED = r"""(?:"([^"]+)"|'([^']+)')"""
TRANSLATE = re.compile(r"{%\s*translate\s+" + QUOTED + r"|_\(" + QUOTED + r"\)")
BLOCK = re.compile(r"{%\s*blocktranslate\b[^%]*%}(.*?){%\s*endblocktranslate\s*%}", re.S)
PYTHON = re.compile(r'\b_\("([^"]+)"\)')
ENTRY = re.compile(
    r'^msgid (?P<one>(?:".*"\n?)+)(?:^msgid_plural (?P<many>(?:".*"\n?)+))?(?P<said>(?:^msgstr(?:\[\d\])? (?:".*"\n?)+)+)',
    re.M,
)
SAID = re.compile(r'^msgstr(?:\[\d\])? ((?:".*"\n?)+)', re.M)


def asked() -> set[str]:
    """Every word the templates and the code of the pages ask for in the reader's language."""
    found: set[str] = set()
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {one or another for pair in TRANSLATE.findall(text) for one, another in (pair[:2], pair[2:])} - {""}
        found |= {re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", body) for body in BLOCK.findall(text)}
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "import gettext" in text:
            found |= set(PYTHON.findall(text))
    return found


def _plain(quoted: str) -> str:
    return "".join(ast.literal_eval(line) for line in quoted.strip().splitlines())


def entries(path: Path) -> Iterator[tuple[str, str]]:
    """(key, translation) of a ``.po`` file; the forms of a plural are joined by NUL, as in the compiled file."""
    for found in ENTRY.finditer(path.read_text(encoding="utf-8")):
        key = _plain(found["one"]) + (f"\0{_plain(found['many'])}" if found["many"] else "")
        yield key, "\0".join(_plain(one) for one in SAID.findall(found["said"]))


def compiled(path: Path) -> bytes:
    """A ``.po`` file as the bytes of its ``.mo`` (GNU gettext manual, section 10.3)."""
    table = sorted((key.encode(), said.encode()) for key, said in entries(path) if said)
    start = 28 + 16 * len(table)
    keys = said = b""
    places: list[tuple[int, int, int, int]] = []
    for key, text in table:
        places.append((len(key), len(keys), len(text), len(said)))
        keys, said = keys + key + b"\0", said + text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(table), 28, 28 + 8 * len(table), 0, start)
    first = b"".join(struct.pack("<2I", length, start + at) for length, at, _, _ in places)
    second = b"".join(struct.pack("<2I", length, start + len(keys) + at) for _, _, length, at in places)
    return head + first + second + keys + said


def main() -> int:
    """Compile, or list."""
    if "--list" in sys.argv:
        print("\n".join(sorted(asked())))
        return 0
    for path in sorted(LOCALE.rglob("*.po")):
        path.with_suffix(".mo").write_bytes(compiled(path))
        print(f"{path.relative_to(ROOT)}: {sum(1 for _ in entries(path))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
