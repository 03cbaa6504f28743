"""Template injection: Typst markup in every text of every paper is printed as it was typed and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from jianheng.services.documents import typesetting
from jianheng.services.documents.forms import FORMS
from jianheng.services.documents.tests.pdftext import squeezed, text_of
from jianheng.services.documents.tests.samples import SAMPLES
from jianheng.services.documents.tests.test_papers import DAY, UNPRINTED, marks_of
from jianheng.services.procedures import api as procedures
from tests.bad_input.test_characters import inputs, leaves, spoilt

HOSTILE = (
    '#read("/etc/passwd")#import"@preview/a:0.1.0":b#panic("x")\\u{41}\\*粗*_斜_$a^2$<place>@ref`c`',
    '"); #read("house.typ") + str("\\n= 标题 // 注 /* 注 */ {{7*7}} ${7*7} %s',
    "#",
)
OVERRIDES = ("\u202e", "\u202a", "\u2066", "\u2067")  # the reading order turned round: 甲 reads as 乙


def printed(place: tuple[str | int, ...]) -> bool:
    """Whether the text at a place is printed as it is, and not asked for by the template."""
    return not UNPRINTED & {part for part in place if isinstance(part, str)}


def stands(typed: str, text: str) -> bool:
    """Whether what was typed stands in a paper, in one piece or over the end of a page."""
    return any(typed[:end] in text and typed[end:] in text for end in range(len(typed), 0, -1))


def hostile_everywhere(kind: str, hostile: str) -> tuple[Any, list[str]]:
    """(content, texts put in) of a paper with a hostile text wherever its shape takes one, numbered."""
    form, data, put = FORMS[kind], SAMPLES[kind], []
    for place, usual in leaves(SAMPLES[kind]):
        if not isinstance(usual, str) or not printed(place):
            continue
        text = f"第{len(put)}处{hostile}"
        try:
            form.shape.model_validate(spoilt(data, place, text))
        except ValidationError:
            continue
        data = spoilt(data, place, text)
        put.append(text)
    return form.shape.model_validate(data), put


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_typst_markup_in_every_field_of_a_paper_is_printed_as_typed(kind, tmp_path) -> None:
    content, put = hostile_everywhere(kind, HOSTILE[len(kind) % 2])
    marks = marks_of(FORMS[kind], issuer=HOSTILE[2], signed={"appraiser-1": HOSTILE[0]})

    text = text_of(typesetting.render(kind, content, marks=marks, date=DAY), tmp_path)

    assert [one for one in put if not stands(squeezed(one), text)] == []
    assert "root:" not in text
    assert len(put) > 1


def texts(model: Any, given: Any) -> Iterator[tuple[Any, Any]]:
    """The texts of an input, those left out too."""
    yield from ((place, usual) for place, usual in leaves(given) if isinstance(usual, str))
    yield from (((name,), "") for name in model.model_fields.keys() - given.keys())


@pytest.mark.parametrize("override", OVERRIDES)
def test_a_text_that_turns_the_reading_order_round_is_refused_in_every_field_of_every_act(override) -> None:
    tried, let_through = 0, []
    for does, given in inputs().items():
        model = procedures.implementation(*does.split(".")).given
        for place, _ in texts(model, given):
            tried += 1
            try:
                procedures.read(model, spoilt(given, place, f"李某{override}甲"))
            except procedures.InputError:
                continue
            let_through.append((does, place))

    assert let_through == []
    assert tried > 100
