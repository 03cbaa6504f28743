"""The institution's papers of the invented case."""

from __future__ import annotations

from typing import Any

INSTITUTION: dict[str, Any] = {
    "name": "示例市示例司法鉴定中心",
    "licence_number": "220000999",
    "address": "示例市示例区示例路1号",
    "postcode": "130000",
    "contact": "示例戊",
    "phone": "0431-00000000",
}
APPRAISERS: list[dict[str, Any]] = [
    {
        "name": "示例己",
        "certificate_number": "220000999001",
        "title": "副主任法医师",
        "specialty": "法医临床",
    },
    {"name": "示例庚", "certificate_number": "220000999002", "title": "主检法医师", "specialty": "法医临床"},
]
MATTER = "对示例甲的伤残等级及误工期、护理期、营养期进行鉴定"
MATERIALS: list[dict[str, Any]] = [
    {
        "number": "示例2026-0012-1",
        "name": "示例市示例医院住院病历",
        "kind": "书证",
        "quantity": "2册",
        "properties": "复印件，清晰完整",
        "packaging": "文件袋",
        "seal_state": "完好",
        "provided_by": "示例甲",
        "cross_examination": "已质证，确认",
    },
    {
        "number": "示例2026-0012-2",
        "name": "右膝CT片、X线片",
        "kind": "影像资料",
        "quantity": "6张",
        "properties": "原件，无污损",
        "packaging": "影像袋",
        "seal_state": "完好",
        "provided_by": "示例甲",
        "cross_examination": "已质证，确认",
        "remark": "鉴定后退还",
    },
    {
        "number": "示例2026-0012-3",
        "name": "道路交通事故认定书",
        "kind": "书证",
        "quantity": "1份",
        "properties": "复印件",
        "packaging": "文件袋",
        "seal_state": "完好",
        "provided_by": "示例市示例区人民法院",
        "cross_examination": "已质证，确认",
    },
]
FILED: dict[str, Any] = {
    "institution": INSTITUTION,
    "client": "示例市示例区人民法院",
    "case_number": "（2026）吉0102民初345号",
    "file_number": "示例〔2026〕临字第12号",
    "matter": MATTER,
}
_PASSED = {"passed": True}

SAMPLES: dict[str, dict[str, Any]] = {
    "acceptance_review_form": {
        **FILED,
        "received_on": "2026-02-26",
        "due_on": "2026-03-09",
        "in_scope": {"passed": True, "remark": "法医临床鉴定，许可范围内"},
        "material_sound": {"passed": True, "remark": "材料已经人民法院组织质证"},
        "purpose_lawful": _PASSED,
        "request_proper": _PASSED,
        "within_ability": _PASSED,
        "sole_entrustment": _PASSED,
        "result": "ACCEPT",
        "opinion": "委托事项属于本机构业务范围，鉴定材料真实、完整、充分，拟予受理。",
        "reviewer": "示例戊",
        "reviewed_on": "2026-02-27",
        "head": "示例丙",
        "decided_on": "2026-03-02",
    },
    "material_receipt": {
        **FILED,
        "materials": MATERIALS,
        "submitted_by": "示例丁",
        "received_by": "示例戊",
        "received_at": "2026-02-26T09:30:00+08:00",
        "remark": "外包装封签完好，当面启封核对无误。",
    },
    "refusal_notice": {
        **FILED,
        "received_on": "2026-02-26",
        "ground": "R5",
        "facts": "委托事项需要使用的检验技术不在本机构现有技术条件之内。",
        "materials_returned": MATERIALS,
    },
    "supplement_notice": {
        **FILED,
        "items": [
            {"name": "伤后首次门诊病历", "requirement": "提供原件或者加盖医疗机构印章的复印件"},
            {"name": "术后三个月影像学资料", "requirement": "提供原片，并经人民法院组织质证"},
        ],
        "reason": "现有材料不能反映损伤当时的情况",
        "due_on": "2026-03-16",
    },
    "fee_quote": {
        **FILED,
        "items": [
            {
                "item": "人体损伤致残程度鉴定",
                "quantity": 1,
                "unit_price_fen": 180000,
                "amount_fen": 180000,
                "basis": "示例省司法鉴定收费标准",
            },
            {"item": "误工期、护理期、营养期鉴定", "quantity": 3, "unit_price_fen": 42000, "amount_fen": 126000},
        ],
        "total_fen": 286000,
        "reduction_fen": 20000,
        "reduction_reason": "申请人系法律援助受援人",
        "payer": "示例甲",
        "account_name": "示例市示例司法鉴定中心",
        "bank": "示例银行示例支行",
        "account_number": "000000000000000000",
    },
    "assignment_sheet": {
        **FILED,
        "category": "法医临床鉴定",
        "accepted_on": "2026-03-02",
        "due_on": "2026-04-14",
        "appraisers": APPRAISERS,
        "assistants": ["示例辛"],
        "requirement": "按照鉴定方案开展工作，检验过程实时记录并签名。",
        "head": "示例丙",
        "assigned_on": "2026-03-03",
    },
    "recusal_decision": {
        **FILED,
        "requested_by": "示例乙",
        "requested_on": "2026-03-04",
        "appraiser": "第二名鉴定人",
        "ground": "司法鉴定人示例庚与示例甲系近亲属，可能影响独立、客观、公正进行鉴定。",
        "recused": True,
        "stepping_back": "示例庚",
        "reason": "经核实，示例庚与示例甲系叔侄关系，申请理由成立。",
        "replacement": "示例癸",
    },
    "examination_plan": {
        **FILED,
        "category": "法医临床鉴定",
        "appraisers": APPRAISERS,
        "standards": [
            {"name": "人体损伤致残程度分级"},
            {"name": "法医临床检验规范", "number": "SF/T 0111"},
        ],
        "method_reason": "有国家标准和行业标准的，依次采用国家标准、行业标准。",
        "instruments": [
            {
                "name": "关节角度测量仪",
                "model": "SL-100",
                "number": "LC-007",
                "calibrated_until_on": "2026-12-31",
            },
        ],
        "steps": [
            {"step": "资料审查", "content": "审阅病历资料和影像学资料", "planned_on": "2026-03-05"},
            {
                "step": "体格检查",
                "content": "测量双膝关节活动度、下肢周径",
                "method": "SF/T 0111",
                "planned_on": "2026-03-05",
            },
            {"step": "综合评定", "content": "对照标准评定致残等级和三期"},
        ],
        "planned_due_on": "2026-04-08",
        "fee_fen": 286000,
        "cooperation": "请通知被鉴定人携带身份证件按时到场接受检查。",
        "risk": "损伤未达到标准规定条件的，可能不构成伤残等级。",
    },
    "examination_record": {
        **FILED,
        "examinee": {"name": "示例甲", "sex": "男", "born_on": "1978-05-01"},
        "place": "法医临床检查室",
        "environment": "温度22℃，相对湿度45%",
        "present": ["示例甲"],
        "entries": [
            {
                "at": "2026-03-05T09:10:00+08:00",
                "method": "体格检查",
                "result": "右膝前见12.5厘米手术瘢痕",
                "instrument": "钢卷尺 LC-002，使用前后正常",
                "signed_by": "示例己",
            },
            {
                "at": "2026-03-05T09:40:00+08:00",
                "method": "关节活动度测量",
                "result": "右膝被动屈曲90度，左膝135度，重复测量三次",
                "instrument": "关节角度测量仪 LC-007，使用前后正常",
                "signed_by": "示例庚",
            },
        ],
        "appraisers": APPRAISERS,
    },
    "signoff_sheet": {
        **FILED,
        "report_number": "示例司鉴中心〔2026〕临鉴字第12号",
        "report_title": "司法鉴定意见书",
        "appraisers": ["示例己", "示例庚"],
        "steps": [
            {"role": "拟稿", "name": "示例己", "opinion": "请审核。", "signed_on": "2026-04-07"},
            {"role": "复核", "name": "示例壬", "opinion": "同意。", "signed_on": "2026-04-08"},
            {"role": "签发", "name": "示例丙", "opinion": "同意签发。", "signed_on": "2026-04-10"},
        ],
    },
    "delivery_receipt": {
        **FILED,
        "receiver": "示例市示例区人民法院",
        "address": "示例市示例区法院路1号",
        "mode": "ELECTRONIC",
        "papers": [
            {"title": "司法鉴定意见书", "number": "示例司鉴中心〔2026〕临鉴字第12号", "copies": 3},
            {"title": "鉴定材料", "copies": 1},
        ],
        "sent_at": "2026-04-10T10:00:00+08:00",
        "received_by": "示例丁",
        "received_at": "2026-04-10T10:05:00+08:00",
        "delivered_by": "示例戊",
    },
    "volume_index": {
        **FILED,
        "volume_number": "2026-临-12",
        "retention": "30年",
        "entries": [
            {
                "title": f"示例文件{index}",
                "number": f"示例〔2026〕{index}号",
                "author": "示例司法鉴定中心",
                "dated_on": "2026-04-10",
                "first_page": 2 * index - 1,
                "last_page": 2 * index,
            }
            for index in range(1, 41)
        ],
        "filed_by": "示例戊",
        "checked_by": "示例子",
        "filed_on": "2026-04-20",
    },
}
