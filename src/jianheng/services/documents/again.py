"""Setting a paper again from its row in an export: a PDF says what its frozen content says, or begins with other bytes.

Typesetting gives the same bytes for the same content, and signing only adds: an issued file begins with the bytes that
come out here. No database is asked, so anybody who has this version of the platform can do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from jianheng.kernel import canonical
from jianheng.services.documents import presentation, producing, signatures, typesetting
from jianheng.services.documents.forms import form
from jianheng.services.documents.models import Document


class SetAgain(StrEnum):
    """What came of it."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    OTHER_TEMPLATES = "OTHER_TEMPLATES"  # made by another version: set it again with that one
    PICTURES_MISSING = "PICTURES_MISSING"


def set_again(row: Mapping[str, Any], pdf: bytes, *, picture: Callable[[str], bytes | None]) -> SetAgain:
    """Compare a file with what its row, as :mod:`journal` commits to it, gives; ``picture`` finds one by its SHA-256."""
    if row["template_version"] != typesetting.template_version():
        return SetAgain.OTHER_TEMPLATES
    wanted = form(row["kind"])
    content = wanted.shape.model_validate(row["data"]["content"])
    pictures = {digest: picture(digest) for digest in producing.pictures_in(content)}
    known = {digest: found for digest, found in pictures.items() if found is not None}
    if len(known) < len(pictures):
        return SetAgain.PICTURES_MISSING
    requested = canonical.read_instant(row["requested_at"])
    paper = Document(title=row["title"], number=row["number"] or "", code=row["code"])
    issuing = producing.Issuing(row["issuer_name"], row["is_demo"])
    plan = signatures.Plan.of_json(row["data"]["signers"])
    made = typesetting.typeset(
        row["kind"],
        content,
        marks=producing.marks_of(paper, wanted, plan, issuing),
        date=requested.astimezone(presentation.CHINA).date(),
        pictures=known,
    )
    return SetAgain.SAME if pdf.startswith(made.pdf) else SetAgain.DIFFERENT
