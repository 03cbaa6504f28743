"""Reading papers back with poppler, as a stranger would."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader


def text_of(pdf: bytes, folder: Path) -> str:
    """The paper's text in content order, without any white space (which type-setting may put anywhere)."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=60)
    return squeezed(done.stdout.decode())


def beyond_the_edge(pdf: bytes, folder: Path, *, margin: float) -> list[str]:
    """Words that end closer to the right edge of their page than ``margin`` (in points), or start left of it."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, timeout=60)
    told, width = [], 0.0
    for line in done.stdout.decode().splitlines():
        if page := re.search(r'<page width="([\d.]+)"', line):
            width = float(page[1])
        word = re.search(r'<word xMin="([\d.-]+)".* xMax="([\d.]+)".*>(.*)</word>', line)
        if word and (float(word[1]) < margin or float(word[2]) > width - margin):
            told.append(word[3])
    return told


def squeezed(text: str) -> str:
    """Without white space, in one normal form."""
    return "".join(unicodedata.normalize("NFC", text).split())


def descriptions(pdf: bytes) -> list[str]:
    """The descriptions of the paper's pictures, in reading order (ISO 32000-1 §14.9.3)."""
    return list(_described(PdfFileReader(io.BytesIO(pdf)).root["/StructTreeRoot"]))


def _described(element: Any) -> Iterator[str]:
    if not isinstance(element, dict):
        return
    if "/Alt" in element:
        yield str(element["/Alt"])
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        yield from _described(kid.get_object() if hasattr(kid, "get_object") else kid)
