"""Who signs a correction: any registered appraiser of the institution, unless a province asks for an original one."""

from __future__ import annotations

from pathlib import Path

import pytest

from jianheng.modules.casework.errors import NotRegisteredHereError, StatementNeededError
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
RULE = """key: appraisal.correction.original_signs
title: 补正须由原鉴定人签名
values:
- {value: true, unit: FLAG, from: 2020-01-01, instrument: 示例省司法鉴定条例, article: 第四十一条, verified: false}
"""


@pytest.fixture
def with_the_court(played):  # type: ignore[no-untyped-def]
    """An opinion delivered, in which a word is wrong."""
    return played(before="appraisal.correct", scenario="correction")


def _given(case, **more):  # type: ignore[no-untyped-def]
    _, given = case.given("appraisal.correct")
    return {**given, **more}


def _correct(case, who: str, given) -> None:  # type: ignore[no-untyped-def]
    procedures.perform(case.newest("appraisal"), act="correct", by=case.actor(who), given=given, now=case.now)


def test_an_appraiser_of_another_institution_signs_nothing_here(with_the_court) -> None:
    chosen = with_the_court.play.who("appraiser1@chosen")
    other = "appraiser1-b" if chosen.endswith("-a") else "appraiser1-a"
    with pytest.raises(procedures.NoSuchMatterError):
        _correct(with_the_court, other, _given(with_the_court))


def test_where_the_province_asks_for_an_original_one_another_signs_with_a_statement(
    with_the_court, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As 广东省司法鉴定管理条例 第四十一条 has it, said here for the province of the case."""
    place = tmp_path / "law" / "provinces" / "220000" / "parameters"
    place.mkdir(parents=True)
    (place / "appraisal.correction.original_signs.yaml").write_text(RULE, encoding="utf-8")
    monkeypatch.setenv("JIANHENG_LAW_DIR", str(tmp_path / "law"))

    with pytest.raises(StatementNeededError) as refused:
        _correct(with_the_court, "appraiser3@chosen", _given(with_the_court))
    assert refused.value.reasons[0].law == ("示例省司法鉴定条例 第四十一条",)

    _correct(with_the_court, "appraiser3@chosen", _given(with_the_court, statement="原鉴定人均已离职。"))


def test_somebody_no_longer_registered_for_the_item_signs_nothing(with_the_court, monkeypatch) -> None:
    from jianheng.modules.institutions import api as institutions

    monkeypatch.setattr(institutions, "appraisers_of", lambda *given, **named: [])
    with pytest.raises(NotRegisteredHereError):
        _correct(with_the_court, "appraiser3@chosen", _given(with_the_court))
