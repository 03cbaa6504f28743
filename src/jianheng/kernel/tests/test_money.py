"""Amounts are written as a cashier writes them and read back to the fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel.money import CEILING_FEN, AmountError, capital_words, parse_yuan, yuan_text


@pytest.mark.parametrize(
    ("fen", "figures", "words"),
    [
        (0, "0.00", "零元整"),
        (1, "0.01", "壹分"),
        (5, "0.05", "伍分"),
        (50, "0.50", "伍角整"),
        (55, "0.55", "伍角伍分"),
        (100, "1.00", "壹元整"),
        (1000, "10.00", "壹拾元整"),
        (1500, "15.00", "壹拾伍元整"),
        (120000, "1,200.00", "壹仟贰佰元整"),
        (123450, "1,234.50", "壹仟贰佰叁拾肆元伍角整"),
        (32504, "325.04", "叁佰贰拾伍元零肆分"),  # from the rule's own examples
        (1640902, "16,409.02", "壹万陆仟肆佰零玖元零贰分"),
        (140950, "1,409.50", "壹仟肆佰零玖元伍角整"),
        (600714, "6,007.14", "陆仟零柒元壹角肆分"),
        (168032, "1,680.32", "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "107,000.53", "壹拾万柒仟元伍角叁分"),
        (1000001, "10,000.01", "壹万元零壹分"),
        (10050000, "100,500.00", "壹拾万零伍佰元整"),
        (1000000000, "10,000,000.00", "壹仟万元整"),
        (1000000100, "10,000,001.00", "壹仟万零壹元整"),
        (10000000000, "100,000,000.00", "壹亿元整"),
        (10005000000, "100,050,000.00", "壹亿零伍万元整"),
        (10000050000, "100,000,500.00", "壹亿零伍佰元整"),
        (1234567890123, "12,345,678,901.23", "壹佰贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹元贰角叁分"),
        (100000000000000, "1,000,000,000,000.00", "壹万亿元整"),
    ],
)
def test_an_amount_is_written_in_figures_and_in_capital_words(fen: int, figures: str, words: str) -> None:
    assert (yuan_text(fen), capital_words(fen)) == (figures, words)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123450),
        ("1234.5", 123450),
        (" 1234 ", 123400),
        ("￥1,234.50", 123450),
        ("¥0.01", 1),
        ("1234元", 123400),
        ("1234元整", 123400),
        ("１２３４．５０", 123450),
        ("１，２３４", 123400),
        ("0", 0),
        ("007", 700),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "1.234",
        "1,23",
        "1,2345",
        "12,34.5",
        ".5",
        "1.",
        "1e3",
        "NaN",
        "壹元",
        "1 000",
        "0x10",
        "1\x00",
        "9" * 41,
        "9" * 20,
        "²",
    ],
)
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_yuan(text)

    assert "1234.50" in caught.value.next_steps[0]


@pytest.mark.parametrize("fen", [-1, CEILING_FEN + 1])
def test_a_negative_or_absurd_amount_is_refused(fen: int) -> None:
    for write in (yuan_text, capital_words):
        with pytest.raises(AmountError):
            write(fen)


@pytest.mark.parametrize("fen", [1.0, "1", True, None])
def test_an_amount_that_is_not_whole_fen_is_a_mistake_of_the_program(fen: object) -> None:
    with pytest.raises(TypeError):
        yuan_text(fen)  # type: ignore[arg-type]


def spoken(words: str) -> int:
    """Capital words read back by another rule: each unit multiplies what came before it."""
    total = section = digit = 0
    for character in words.replace("整", ""):
        if character in (digits := "零壹贰叁肆伍陆柒捌玖"):
            digit = digits.index(character)
        elif character in (small := {"拾": 10, "佰": 100, "仟": 1000}):
            section, digit = section + digit * small[character], 0
        elif character in (large := {"万": 10_000, "元": 100, "角": 10, "分": 1}):
            here = (section + digit) * large[character]
            total = (total + section + digit) * 100 if character == "元" else total + here
            section = digit = 0
    return total


@given(st.integers(0, CEILING_FEN))
def test_figures_are_read_back_to_the_same_amount(fen: int) -> None:
    assert parse_yuan(yuan_text(fen)) == fen


@given(st.integers(0, 10**10 - 1))
def test_words_below_one_hundred_million_yuan_are_read_back_to_the_same_amount(fen: int) -> None:
    assert spoken(capital_words(fen)) == fen


@given(st.integers(0, CEILING_FEN))
def test_words_never_hold_two_zeros_in_a_row_nor_a_zero_before_a_unit(fen: int) -> None:
    words = capital_words(fen)

    assert "零零" not in words
    assert fen < 100 or not any(f"零{unit}" in words for unit in "拾佰仟万亿元角分整")
