"""What a simulation refuses."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal


class HttpKeepsItsOwnTimeError(Refusal):
    """模拟不能通过接口进行：接口上每个行为的时间由服务器记录，不能快进。"""

    code = "SIMULATION_OVER_HTTP"
    next_step = "要通过接口办理完整案件，请用 jianheng demo；要量接口的速度，请用 jianheng bench。"


class HomeInUseError(Refusal):
    """模拟的平台应当放在新的目录，不能与已有数据混在一起。"""

    code = "SIMULATION_HOME_IN_USE"
    status = 409
    next_step = "请另写一个不存在或者空的目录。"
