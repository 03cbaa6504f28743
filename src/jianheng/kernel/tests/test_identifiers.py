"""Numbers are checked as their standards say, and told what is wrong with them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel.identifiers import (
    USCC_ALPHABET,
    Checked,
    IdentifierError,
    check_certificate_number,
    check_licence_number,
    check_ric,
    check_uscc,
)

TODAY = date(2026, 11, 22)


def codes(checked: Checked) -> tuple[list[str], list[str]]:
    return [each.code for each in checked.reasons], [each.code for each in checked.warnings]


@pytest.mark.parametrize(
    ("text", "reasons", "warnings"),
    [
        ("91350100M000100Y43", [], []),
        ("912201011234567884", [], []),
        ("34220100MD0012AB25", [], []),
        ("34520000MD8010008M", [], []),  # a real institution
        ("34520000md8010008m ", [], []),
        ("91350100M000100Y44", ["USCC_CHECK_DIGIT"], []),
        ("9I350100M000100Y43", ["USCC_CHARACTER"], []),
        ("9I35O100M000100Y43", ["USCC_CHARACTER", "USCC_CHARACTER"], []),
        ("91350100M000100Y4\x00", ["USCC_CHARACTER"], []),
        ("91350100M000100Y4", ["USCC_LENGTH"], []),
        ("", ["USCC_LENGTH"], []),
    ],
)
def test_a_credit_code_is_checked(text: str, reasons: list[str], warnings: list[str]) -> None:
    assert codes(check_uscc(text)) == (reasons, warnings)


def test_a_wrong_character_is_named_with_its_place_and_what_it_may_have_been() -> None:
    (reason,) = check_uscc("9I350100M000100Y43").reasons

    assert reason.text.startswith("统一社会信用代码第2位不能是“I”，可能是“1”")
    assert reason.law == ("GB 32100-2015 法人和其他组织统一社会信用代码编码规则",)


def test_a_wrong_check_digit_is_told_with_the_right_one() -> None:
    (reason,) = check_uscc("91350100M000100Y44").reasons

    assert "应为“3”，现为“4”" in reason.text


def test_a_credit_code_tells_kind_division_and_organisation() -> None:
    assert dict(check_uscc("34220100MD0012AB25").parts) == {
        "kind": "司法鉴定机构",
        "division": "220100",
        "organisation": "MD0012AB2",
    }


def with_check(body: str) -> str:
    """``body`` of 17 characters and its check character, found by trying all 31."""
    (found,) = [body + each for each in USCC_ALPHABET if check_uscc(body + each).valid]
    return found


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ("Q1350100M000100Y4", "USCC_KIND_UNKNOWN"),
        ("91990100M000100Y4", "USCC_DIVISION_UNKNOWN"),
        ("91350100M000100Y5", "ORGANISATION_CHECK_DIGIT"),
    ],
)
def test_what_is_odd_about_a_credit_code_is_a_warning_only(body: str, warning: str) -> None:
    checked = check_uscc(with_check(body))

    assert checked.valid
    assert codes(checked) == ([], [warning])


@given(st.text(USCC_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(USCC_ALPHABET))
def test_one_mistaken_character_of_a_credit_code_is_always_found(body: str, place: int, other: str) -> None:
    right = with_check(body)
    wrong = right[:place] + other + right[place + 1 :]

    assert check_uscc(wrong).valid is (wrong == right)


@pytest.mark.parametrize(
    ("text", "reasons", "warnings"),
    [
        ("11010519491231002X", [], []),
        ("11010519491231002x", [], []),
        ("440524188001010014", [], ["RIC_AGE"]),
        ("220102199003072334", [], []),
        ("110105194912310021", ["RIC_CHECK_DIGIT"], []),
        ("110105194902310026", ["RIC_BIRTH_DATE"], []),
        ("810000198506018011", [], []),
        ("110105490123100", ["RIC_OLD"], []),
        ("1101051949123100", ["RIC_FORM"], []),
        ("1101051949123100２X", ["RIC_FORM"], []),
        ("11010519491231002\x00", ["RIC_FORM"], []),
        ("", ["RIC_FORM"], []),
    ],
)
def test_an_identity_number_is_checked(text: str, reasons: list[str], warnings: list[str]) -> None:
    assert codes(check_ric(text, today=TODAY)) == (reasons, warnings)


def ric(body: str) -> str:
    """``body`` of 17 digits and its check character, found by trying all eleven."""
    (found,) = [
        body + each
        for each in "0123456789X"
        if "RIC_CHECK_DIGIT" not in codes(check_ric(body + each, today=date.max))[0]
    ]
    return found


@pytest.mark.parametrize(
    ("number", "today", "reasons", "warnings"),
    [
        ("440524188001010014", date(2000, 1, 1), [], []),
        ("440524188001010014", date(2026, 1, 1), [], ["RIC_AGE"]),  # 146 years old
        ("440524188001010014", date(2031, 1, 1), ["RIC_AGE"], []),
        (ric("11010520261122001"), date(2026, 11, 22), [], []),  # born today
        (ric("11010520261123001"), date(2026, 11, 22), ["RIC_BIRTH_FUTURE"], []),
        (ric("99010519900101001"), TODAY, [], []),  # a foreigner's permanent residence card
        (ric("00010519900101001"), TODAY, [], ["RIC_DIVISION_UNKNOWN"]),
        (ric("11010520240229001"), TODAY, [], []),
        (ric("11010520230229001"), TODAY, ["RIC_BIRTH_DATE"], []),
        (ric("11010500000000001"), TODAY, ["RIC_BIRTH_DATE"], []),
    ],
)
def test_birth_date_and_division_are_judged_on_the_day_of_asking(
    number: str, today: date, reasons: list[str], warnings: list[str]
) -> None:
    assert codes(check_ric(number, today=today)) == (reasons, warnings)


def test_an_identity_number_tells_paper_birth_date_and_sex() -> None:
    assert dict(check_ric("220102199003072334", today=TODAY).parts) == {
        "paper": "居民身份证",
        "division": "220102",
        "birth_date": "1990-03-07",
        "sex": "男",
    }
    assert check_ric("810000198506018011", today=TODAY).parts["paper"] == "香港居民居住证"


@given(st.text("0123456789X", min_size=18, max_size=18))
def test_no_message_repeats_a_persons_number(text: str) -> None:
    checked = check_ric(text, today=TODAY)

    assert all(text not in each.text for each in (*checked.reasons, *checked.warnings))


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_mistaken_digit_of_an_identity_number_is_always_found(body: str, place: int, other: str) -> None:
    right = ric(body)
    wrong = right[:place] + other + right[place + 1 :]

    assert ("RIC_CHECK_DIGIT" in codes(check_ric(wrong, today=TODAY))[0]) is (wrong != right)


@pytest.mark.parametrize(
    ("check", "text", "valid"),
    [
        (check_licence_number, "520018001", True),
        (check_licence_number, "4401212", True),
        (check_licence_number, "11520000429202190H", True),
        (check_licence_number, "11520000429202190X", False),
        (check_licence_number, "52001800", False),
        (check_licence_number, "52001800A", False),
        (check_certificate_number, "520018001002", True),
        (check_certificate_number, "5200180010020", False),
    ],
)
def test_licence_and_certificate_numbers_have_their_form(check: object, text: str, valid: bool) -> None:
    assert check(text).valid is valid  # type: ignore[operator]


def test_a_certificate_number_begins_with_the_licence_number() -> None:
    assert check_certificate_number("520018001002").parts["licence"] == "520018001"


def test_requiring_a_number_gives_it_as_stored_or_refuses_with_every_reason() -> None:
    assert check_uscc(" 34520000md8010008m").require() == "34520000MD8010008M"
    with pytest.raises(IdentifierError) as caught:
        check_uscc("9I35O100M000100Y43").require()
    assert len(caught.value.reasons) == 2
