"""From a shape to the bytes of a paper: PDF/A-2a, identical for identical input and date.

One compiler is kept per process, with its fonts; it is guarded by a lock because it is not re-entrant.
What a person typed reaches the template only as JSON in ``sys.inputs``, never as markup. PDF/A-2a itself is
a gate: a character without a glyph or a missing title stops the paper rather than spoiling it.
"""

from __future__ import annotations

import hashlib
import io
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import segno
import typst
from pydantic import BaseModel

from jianheng.kernel.errors import Fault
from jianheng.services.documents import fonts, presentation, seals

TEMPLATES = Path(__file__).parent / "templates"
STANDARD: Final = "a-2a"  # ISO 19005-2, conformance level A: tagged, every character with a Unicode value
_DRAWINGS = {"svg", "qr"}
_LOCK = threading.Lock()
_NONE: Mapping[str, Any] = MappingProxyType({})


class TypesettingFault(Fault):
    """A template could not be set. The message is the compiler's."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the house puts on a paper besides its content.

    ``title`` is the paper's, ``issuer`` who gives it; ``address`` is the whole address in the two-dimensional
    code, ``site`` the one printed to be typed. ``seals`` and ``signed`` (name by key) say which places of
    the template are filled by certificate; other places stay open for the pen. ``demo`` and ``draft`` cross
    every page.
    """

    title: str
    issuer: str = ""
    number: str = ""
    code: str = ""
    address: str = ""
    site: str = ""
    seals: Mapping[str, seals.Seal] = field(default_factory=lambda: _NONE)
    signed: Mapping[str, str] = field(default_factory=lambda: _NONE)
    demo: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature belongs: page from 1, the rest in points from the page's top left corner."""

    key: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Paper:
    """A set paper and the places its template keeps for signatures, in reading order."""

    pdf: bytes
    places: tuple[Place, ...]


def render(
    template: str, data: BaseModel, *, marks: Marks, date: date, pictures: Mapping[str, bytes] = _NONE
) -> bytes:
    """The PDF/A-2a bytes of a paper; ``template`` is a form's code. See :func:`typeset`."""
    return typeset(template, data, marks=marks, date=date, pictures=pictures).pdf


def typeset(
    template: str, data: BaseModel, *, marks: Marks, date: date, pictures: Mapping[str, bytes] = _NONE
) -> Paper:
    """Set a paper dated ``date`` and find where signatures go.

    Refuses with ``MissingGlyphError`` before setting; raises ``TypesettingFault`` if a template is at fault.
    """
    shown = presentation.present(data, pictures=pictures)
    words = _marks(marks, date)
    fonts.require_glyphs("".join(_texts([shown, words])))
    inputs = {"data": json.dumps(shown, ensure_ascii=False), "marks": json.dumps(words, ensure_ascii=False)}
    midnight = datetime(date.year, date.month, date.day, tzinfo=presentation.CHINA)
    with _LOCK:
        compiler = _compiler()
        try:
            pdf = compiler.compile(
                input=TEMPLATES / f"{template}.typ",
                sys_inputs=inputs,
                pdf_standards=[STANDARD],
                timestamp=midnight,
                format="pdf",
            )
            found = json.loads(compiler.query("<place>", field="value"))
        except typst.TypstError as error:
            raise TypesettingFault(f"{template}: {error.diagnostic or error.message}") from error
    if not isinstance(pdf, bytes):
        raise TypesettingFault(f"{template}: the compiler gave no document")
    return Paper(pdf=pdf, places=tuple(Place(**place) for place in found))


@lru_cache(maxsize=1)
def template_version() -> str:
    """Names the templates as they are: changes with any of them."""
    digest = hashlib.sha256()
    for path in sorted(TEMPLATES.glob("*.typ")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=TEMPLATES, font_paths=fonts.faces().loaded, ignore_system_fonts=True)


def _marks(marks: Marks, day: date) -> dict[str, Any]:
    faces = fonts.faces()
    return {
        "title": marks.title,
        "issuer": marks.issuer,
        "number": marks.number,
        "code": marks.code,
        "address": marks.address,
        "site": marks.site,
        "qr": _qr(marks.address) if marks.code else "",
        "seals": {
            key: {"svg": seals.drawn(seal), "alt": seal.alt, "across": seal.across_mm}
            for key, seal in marks.seals.items()
        },
        "signed": dict(marks.signed),
        "demo": marks.demo,
        "draft": marks.draft,
        "dated": presentation.date_in_numerals(day),
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "faces": {"body": list(faces.body), "title": list(faces.title)},
    }


def _qr(address: str) -> str:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, border=0, omitsize=True)
    return drawn.getvalue().decode()


def _texts(value: Any) -> list[str]:
    """Every text a reader sees, however deep; drawings are left out, their words being ours."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for name, item in value.items() if name not in _DRAWINGS for text in _texts(item)]
        case list():
            return [text for item in value for text in _texts(item)]
        case _:
            return []
