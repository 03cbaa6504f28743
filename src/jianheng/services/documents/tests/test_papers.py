"""Every form, set from its sample: right standard, right words, no hole, the same bytes twice."""

from __future__ import annotations

import struct
import time
import zlib
from datetime import date
from typing import Any

import pytest
import typst

from jianheng.services.documents import fonts, presentation, seals, typesetting
from jianheng.services.documents.form import Form
from jianheng.services.documents.forms import FORMS
from jianheng.services.documents.tests.pdftext import beyond_the_edge, descriptions, squeezed, text_of
from jianheng.services.documents.tests.samples import APPRAISERS, COURT, INSTITUTION, SAMPLES
from jianheng.services.documents.typesetting import Marks

DAY = date(2026, 4, 10)
SEALS = {
    "court": seals.court_seal(COURT),
    "client": seals.court_seal(COURT),
    "institution": seals.appraisal_seal(INSTITUTION["name"]),
}
SIGNED = {"appraiser-1": APPRAISERS[0]["name"], "appraiser-2": APPRAISERS[1]["name"]}
CODE = "A2B3-C4D5-E6F7-G8H9"
NARROWEST_MARGIN = 1.9 * 72 / 2.54  # points; the house style leaves 2.2 cm, into which a mark like 《 may hang


def marks_of(form: Form, **other: Any) -> Marks:
    """The marks of a demonstration paper of that form."""
    given: dict[str, Any] = {
        "title": form.title,
        "issuer": COURT if form.issuer == "court" else INSTITUTION["name"],
        "number": f"示例〔2026〕{form.word}字第12号" if form.number else "",
        "code": CODE,
        "address": f"https://jianheng.example/v/{CODE}",
        "site": "https://jianheng.example/v",
        "seals": SEALS,
        "signed": SIGNED,
        "demo": True,
        **other,
    }
    return Marks(**given)


def paper_of(kind: str, **other: Any) -> typesetting.Paper:
    """The sample of a form, set."""
    form = FORMS[kind]
    return typesetting.typeset(
        kind, form.shape.model_validate(SAMPLES[kind]), marks=marks_of(form, **other), date=DAY
    )


def words_of(value: Any) -> list[str]:
    """What a reader must find: every text of a sample that is printed as it was given."""
    match value:
        case {"code": str(), "options": list(), "label": str() as label}:
            return [label] if label else []
        case {"figures": str() as figures, "words": str()}:
            return [figures]
        case dict():
            return [word for name, item in value.items() if name not in UNPRINTED for word in words_of(item)]
        case list():
            return [word for item in value for word in words_of(item)]
        case str():
            return value.split("\n")
        case _:
            return []


def png(width: int, height: int) -> bytes:
    """A red picture (PNG, colour type 2)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff\0\0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# What a paper knows but its form has no line for: the addressee's own data, or a column other lists show.
UNPRINTED = {
    "licence_number",
    "postcode",
    "address",
    "contact",
    "phone",
    "title",
    "specialty",
    "representative",
    "certificate_number",
    "number",
    "kind",
    "properties",
    "packaging",
    "seal_state",
    "provided_by",
    "cross_examination",
    "remark",
    "quantity",
    "file_number",
    "parties",
    "cause",
    "court",
    "case_number",
    "entrustment_number",
    "institution",
    "standard",
    "category",
    "unit_price",
    "items",
}


def test_every_form_has_a_sample() -> None:
    assert set(SAMPLES) == set(FORMS)


@pytest.mark.parametrize("code", FORMS)
def test_form_is_set_as_tagged_pdf_a_with_all_its_words(code, tmp_path, record_property) -> None:
    form = FORMS[code]
    paper_of(code)  # fonts are read once per process
    began = time.perf_counter()

    paper = paper_of(code)

    record_property("milliseconds", round((time.perf_counter() - began) * 1000, 1))
    found = text_of(paper.pdf, tmp_path)
    shown = presentation.present(form.shape.model_validate(SAMPLES[code]), pictures={})
    missing = [w for w in words_of(shown) if squeezed(w).rstrip("。") not in found]
    assert missing == []
    assert squeezed(form.title) in found
    assert CODE in found
    assert "演示文书，不具有法律效力" in found
    assert b"<pdfaid:part>2</pdfaid:part>" in paper.pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in paper.pdf
    assert b"/Lang(zh-CN)" in paper.pdf.replace(b" (", b"(")


@pytest.mark.parametrize("code", FORMS)
def test_no_word_of_a_form_runs_out_of_its_margins(code, tmp_path) -> None:
    paper = paper_of(code, demo=False, seals={})

    assert beyond_the_edge(paper.pdf, tmp_path, margin=NARROWEST_MARGIN) == []


@pytest.mark.parametrize("code", FORMS)
def test_form_also_passes_the_accessibility_standard_so_every_picture_has_a_description(code, monkeypatch) -> None:
    monkeypatch.setattr(typesetting, "STANDARD", "ua-1")

    assert paper_of(code).pdf.startswith(b"%PDF")


@pytest.mark.parametrize("code", [c for c, form in FORMS.items() if form.signed_by])
def test_form_keeps_a_place_for_each_hand_and_seal_it_requires(code) -> None:
    form = FORMS[code]
    names = {"reviewer-1": "示例壬", **SIGNED}

    keys = {place.key.split("-")[0] for place in paper_of(code, signed=names).places}

    assert keys >= set(form.signed_by)


@pytest.mark.parametrize("code", [c for c, form in FORMS.items() if form.places])
def test_form_keeps_a_place_for_each_hand_that_may_sign(code) -> None:
    form = FORMS[code]
    data = {**SAMPLES[code]}
    if "authorised_signatory" in form.shape.model_fields:
        data["authorised_signatory"] = APPRAISERS[0]
    signed = {key: "示例某" for key, _ in form.places}

    paper = typesetting.typeset(code, form.shape.model_validate(data), marks=marks_of(form, signed=signed), date=DAY)

    assert {place.key for place in paper.places} >= set(signed)


def test_same_input_and_date_give_the_same_bytes() -> None:
    first = paper_of("opinion_disability").pdf
    paper_of("fee_notice")

    assert paper_of("opinion_disability").pdf == first


def test_another_day_gives_another_paper() -> None:
    form = FORMS["fee_notice"]
    data = form.shape.model_validate(SAMPLES["fee_notice"])

    papers = {
        typesetting.render("fee_notice", data, marks=marks_of(form), date=date(2026, 4, day)) for day in (9, 10)
    }

    assert len(papers) == 2


def test_what_a_person_typed_is_never_read_as_markup(tmp_path) -> None:
    form = FORMS["lapse_notice"]
    hostile = '#panic("x") *粗* $a^2$ <place> @ref `code` \\ #read("house.typ")'
    data = form.shape.model_validate({**SAMPLES["lapse_notice"], "facts": hostile})

    pdf = typesetting.render("lapse_notice", data, marks=marks_of(form), date=DAY)

    assert squeezed(hostile) in text_of(pdf, tmp_path)


@pytest.mark.parametrize(
    "code",
    ["acceptance_review_form", "assignment_sheet", "deficiency_notice", "fee_notice", "supplement_notice"],
)
def test_a_day_in_a_year_without_calendar_is_said_in_words(code, tmp_path) -> None:
    form = FORMS[code]
    data = form.shape.model_validate({**SAMPLES[code], "due_on": None})

    pdf = typesetting.render(code, data, marks=marks_of(form), date=DAY)

    assert "依照放假安排另行计算的日期" in text_of(pdf, tmp_path)


def test_a_lapse_is_told_without_its_day_while_that_cannot_be_computed(tmp_path) -> None:
    form = FORMS["lapse_notice"]
    data = form.shape.model_validate({**SAMPLES["lapse_notice"], "due_on": None})

    pdf = typesetting.render("lapse_notice", data, marks=marks_of(form), date=DAY)

    assert "指定期间已届满" in text_of(pdf, tmp_path)


@pytest.mark.parametrize(
    ("decided", "told"),
    [
        ({"stepping_back": "示例庚"}, "司法鉴定人示例庚回避。"),
        ({"institution_recused": True}, "本机构回避，退出本次鉴定。"),
        ({"recused": False}, "驳回申请，第二名鉴定人不予回避。"),
        ({"requested_by": "示例庚", "appraiser": "示例庚", "recused": False}, "对自行提出的回避不予准许。"),
    ],
    ids=["appraiser", "institution", "nobody", "own"],
)
def test_a_decision_on_recusal_says_who_steps_back(decided, told, tmp_path) -> None:
    form = FORMS["recusal_decision"]
    asked = {"appraiser": "第二名鉴定人", "recused": True, "replacement": None}
    data = form.shape.model_validate({**SAMPLES["recusal_decision"], **asked, **decided})

    found = text_of(typesetting.render("recusal_decision", data, marks=marks_of(form), date=DAY), tmp_path)

    assert told in found
    assert ("申请第二名鉴定人回避" in found) == ("appraiser" not in decided)


def test_demonstration_papers_are_crossed_on_every_page(tmp_path) -> None:
    found = text_of(paper_of("volume_index").pdf, tmp_path)
    real = text_of(paper_of("volume_index", demo=False).pdf, tmp_path)

    pages = int(found.split("共")[1].split("页")[0])
    assert pages >= 3
    assert found.count("演示" * 8) == pages
    assert "演示" not in real


def test_table_repeats_its_heading_on_every_page(tmp_path) -> None:
    found = text_of(paper_of("volume_index").pdf, tmp_path)

    assert found.count("文件名称") == int(found.split("共")[1].split("页")[0])


def test_draft_bears_neither_code_nor_number(tmp_path) -> None:
    pdf = paper_of("opinion_general", draft=True, number="", code="", seals={}, signed={}).pdf

    found = text_of(pdf, tmp_path)

    assert "草稿" in found
    assert "核验码" not in found
    assert "司法鉴定专用章" in found  # the words of the form stay, the seal is gone
    assert paper_of("opinion_general", seals={}, signed={}).places == ()


def test_character_without_glyph_is_refused_by_name() -> None:
    form = FORMS["lapse_notice"]
    data = form.shape.model_validate({**SAMPLES["lapse_notice"], "addressee": "示例\U0001f600"})

    with pytest.raises(fonts.MissingGlyphError, match=r"U\+1F600"):
        typesetting.render("lapse_notice", data, marks=marks_of(form), date=DAY)


def test_picture_is_printed_with_its_description() -> None:
    form = FORMS["opinion_general"]
    picture = {"sha256": "ab" * 32, "caption": "图1 检材全貌", "alt": "一张借条的照片"}
    given = {**SAMPLES["opinion_general"], "attachments": [{"title": "检材照片", "pictures": [picture]}]}
    data = form.shape.model_validate(given)

    pdf = typesetting.render(
        "opinion_general", data, marks=marks_of(form), date=DAY, pictures={picture["sha256"]: png(3, 2)}
    )

    assert "一张借条的照片" in descriptions(pdf)


def test_seal_is_described_to_a_reader_by_ear_once() -> None:
    assert descriptions(paper_of("opinion_disability").pdf) == [SEALS["institution"].alt]


def test_fault_of_a_template_names_the_template(monkeypatch, tmp_path) -> None:
    (tmp_path / "broken.typ").write_text("#no-such-function()")
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    monkeypatch.setattr(typesetting, "_compiler", lambda: typst.Compiler(root=tmp_path))
    data = FORMS["lapse_notice"].shape.model_validate(SAMPLES["lapse_notice"])

    with pytest.raises(typesetting.TypesettingFault, match="broken"):
        typesetting.render("broken", data, marks=marks_of(FORMS["lapse_notice"]), date=DAY)
