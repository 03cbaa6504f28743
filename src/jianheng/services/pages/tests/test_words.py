"""The pages' words in another language: all there, none left over, and compiled as they stand."""

from __future__ import annotations

import gettext
import importlib.util
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]
SPEC = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
messages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(messages)
CATALOGUES = sorted(messages.LOCALE.rglob("*.po"))
ENGLISH = messages.LOCALE / "en" / "LC_MESSAGES" / "django.po"
HOLES = re.compile(r"%\(\w+\)s")


def test_every_word_the_pages_ask_for_is_said_in_english_and_no_other() -> None:
    said = {key: text for key, text in messages.entries(ENGLISH) if key}

    assert set(said) == messages.asked()
    assert all(said.values())


def test_only_the_code_sent_to_a_phone_is_called_as_such_for_papers_print_another_word() -> None:
    assert {word for word in messages.asked() if "验证码" in word} == {
        "凭查询编号和手机验证码，看现在由谁办理、什么时候到期，领取文书，提出异议。",
        "如果编号和手机号码相符，验证码已经发送，请在短信写明的时间内填写。",
        "短信验证码",
        "获取验证码",
    }


@pytest.mark.parametrize("path", CATALOGUES, ids=[path.parents[1].name for path in CATALOGUES])
def test_a_translation_has_the_holes_of_its_original(path) -> None:
    for key, text in messages.entries(path):
        for form in text.split("\0"):
            assert not key or set(HOLES.findall(form)) == set(HOLES.findall(key))


@pytest.mark.parametrize("path", CATALOGUES, ids=[path.parents[1].name for path in CATALOGUES])
def test_the_compiled_catalogue_is_what_its_source_says(path) -> None:
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(path)


@pytest.mark.parametrize("path", CATALOGUES, ids=[path.parents[1].name for path in CATALOGUES])
def test_a_compiled_catalogue_is_read_by_gettext(path) -> None:
    read = gettext.GNUTranslations(io.BytesIO(messages.compiled(path)))

    for key, text in messages.entries(path):
        one, _, many = key.partition("\0")
        got = read.ngettext(one, many, 1) if many else read.gettext(one)
        assert not key or got == text.split("\0")[0]
