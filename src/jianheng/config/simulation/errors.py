"""What a simulation refuses."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal


class HomeInUseError(Refusal):
    """模拟的平台应当放在新的目录，不能与已有数据混在一起。"""

    code = "SIMULATION_HOME_IN_USE"
    status = 409
    next_step = "请另写一个不存在或者空的目录。"
