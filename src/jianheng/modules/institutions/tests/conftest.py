"""A small register: seven real institutions as their own province published them, and one good row."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jianheng.modules.institutions.rules.rows import COLUMNS


@pytest.fixture
def roster() -> Path:
    """The sheet of seven real institutions of Guizhou; all their licences have run out since."""
    return Path(__file__).parents[1] / "data" / "guizhou.csv"


@pytest.fixture
def now() -> datetime:
    """The instant of the act."""
    return datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def row() -> dict[str, str]:
    """One good row of an invented institution, its cells named by column."""
    cells = {
        "name": "示例司法鉴定中心",
        "uscc": "34220100MD0012AB25",
        "region": "220100",
        "address": "示例路1号",
        "scope_text": "法医临床司法鉴定（听觉功能除外）",
        "valid_from": "2024-01-01",
        "valid_to": "2028-12-31",
        "licence_number": "220018001",
        "phone": "0431-00000000",
    }
    return {column: cells.get(column, "") for column in COLUMNS}
