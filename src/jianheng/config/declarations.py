"""At start-up: every declared procedure is sound, or the platform does not start."""

from __future__ import annotations

from jianheng.services.documents import api as documents
from jianheng.services.lawbook import api as lawbook
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.errors import DeclarationFault


def must_be_sound() -> None:
    """Raise with the whole list of what is wrong."""
    wrong = procedures.faults(parameters=set(lawbook.book().keys), documents=set(documents.FORMS))
    if wrong:
        raise DeclarationFault("\n".join(wrong))
