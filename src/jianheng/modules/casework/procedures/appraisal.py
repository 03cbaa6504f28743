"""鉴定案件办理: from the material's arrival to the archive (司法鉴定程序通则, nodes 1–21, 1a, 1b).

The completion clock starts when the fee is paid and the letter takes effect; asking for material stops exactly the
clock of the phase it is asked in.
"""

from __future__ import annotations

from jianheng.kernel.procedure import End, Procedure
from jianheng.modules.casework.procedures.acceptance import ACCEPTANCE
from jianheng.modules.casework.procedures.afterwards import AFTERWARDS
from jianheng.modules.casework.procedures.examination import EXAMINATION
from jianheng.modules.casework.procedures.nodes import CLOCKS, RECEIVING, WORKING
from jianheng.modules.casework.procedures.sources import CER, GR, SPC202

APPRAISAL = Procedure(
    code="appraisal",
    version=1,
    title="鉴定案件办理",
    law=(GR, CER, SPC202),
    summary="接收材料、受理审查、指派、承诺、方案、检验记录、起草、复核、签名、签发、发送，到补正和归档。",
    seats={"institution": "鉴定机构", "unit": "司法技术部门", "court": "委托法院"},
    begin="begin",
    nodes=(*RECEIVING, *WORKING),
    acts=(*ACCEPTANCE, *EXAMINATION, *AFTERWARDS),
    ends=(
        End("archived", "已归档", "鉴定已完成并归档"),
        End("refused", "不予受理", "鉴定机构不予受理"),
        End("recused", "机构回避退出", "鉴定机构回避退出"),
        End("terminated", "终止鉴定", "鉴定已终止"),
        End("withdrawn", "委托结束", "委托已结束"),
    ),
    clocks=CLOCKS,
)
