"""What the law book refuses."""

from __future__ import annotations

from pathlib import Path

from jianheng.kernel.errors import Refusal


class LawFileError(Refusal):
    """法律数据文件有错误，不能采用。"""

    code = "LAW_FILE_INVALID"
    next_step = "请按提示改正该文件后重试。"

    def __init__(self, path: Path, field: str, problem: str) -> None:
        where = f"“{field}”" if field else ""
        super().__init__(f"文件 {path.name} {where}{problem}。", about=field, file=str(path))


class LawFileUnwritableError(Refusal):
    """法律数据目录不能写入，文件没有保存。"""

    code = "LAW_FILE_NOT_SAVED"
    next_step = "请检查磁盘空间以及 JIANHENG_LAW_DIR 所指目录的权限后重试。"
