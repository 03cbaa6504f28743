"""One invented case told in papers: a traffic accident, its entrustment, its appraisal.

Every name says that it is an example. ``SAMPLES[code]`` is the data of that form as a caller hands it in.
"""

from __future__ import annotations

from typing import Any

from jianheng.services.documents.tests import samples_court, samples_institution

INSTITUTION = samples_institution.INSTITUTION
APPRAISERS = samples_institution.APPRAISERS
COURT = "示例市示例区人民法院"
CASE = samples_court.CASE
MATTER = samples_institution.MATTER
MATERIALS = samples_institution.MATERIALS
FILED = samples_institution.FILED

NATIONAL: dict[str, dict[str, Any]] = {
    "entrustment_letter": {
        "client": {
            "name": COURT,
            "contact": "示例丁",
            "phone": "0431-00000001",
            "address": "示例市示例区法院路1号",
            "officer": "示例丁",
        },
        "institution": INSTITUTION,
        "case_number": "（2026）吉0102民初345号",
        "matter": MATTER,
        "is_re_appraisal": False,
        "purpose": "为审理机动车交通事故责任纠纷一案提供依据。",
        "basic_facts": "2025年6月3日，示例乙驾驶小型轿车与行人示例甲发生碰撞，致示例甲右膝关节受伤，经住院手术治疗。",
        "materials": MATERIALS,
        "fee_mode": "按示例省司法鉴定收费标准预收，由申请人交纳",
        "fee_fen": 286000,
        "delivery": "POST",
        "delivery_detail": "示例市示例区法院路1号，示例丁收",
        "material_return": "RETURN_WHOLE",
        "residual_material": "CLIENT_COLLECTS",
        "residual_weeks": 4,
        "due_working_days": 30,
        "client_signed_on": "2026-03-02",
        "institution_signed_on": "2026-03-02",
    },
    "extension_notice": {
        **FILED,
        "accepted_on": "2026-03-02",
        "due_on": "2026-04-14",
        "reason": "被鉴定人右膝关节功能尚未稳定，需要在医疗终结后复查关节活动度，鉴定所需时间较长。",
        "extra_working_days": 20,
        "new_due_on": "2026-05-15",
        "approved_by": "示例丙",
    },
    "termination_notice": {
        **FILED,
        "accepted_on": "2026-03-02",
        "ground": "被鉴定人拒不配合，致使鉴定无法继续进行的",
        "facts": "本机构先后于2026年3月16日、3月23日两次通知被鉴定人到场接受体格检查，被鉴定人均未到场，亦未说明理由。",
        "ended_on": "2026-04-01",
        "materials_returned": MATERIALS,
        "material_note": "鉴定材料均未损耗。",
        "fee_charged_fen": 286000,
        "fee_returned_fen": 200050,
        "fee_note": "扣除费用为已经完成的阅片、资料审查所发生的费用。",
    },
    "review_opinion": {
        **FILED,
        "appraisers": APPRAISERS,
        "reviewers": [{"name": "示例壬", "title": "主任法医师", "certificate_number": "220000999009"}],
        "on_procedure": "受理、指派、检验、记录均在规定期限内完成，鉴定人具有相应执业类别，检验记录由鉴定人实时签名，程序符合规定。",
        "on_opinion": "依据的标准现行有效，功能测量方法规范，分析说明与检验所见一致，鉴定意见明确，未超出委托事项。",
        "conclusion": "AGREE",
        "reviewed_on": "2026-04-08",
    },
    "correction_notice": {
        **FILED,
        "report_number": "示例司鉴中心〔2026〕临鉴字第12号",
        "report_dated_on": "2026-04-10",
        "reason": "C3",
        "places": [
            {"page": 3, "line": 12, "original": "右髌骨骨拆", "corrected": "右髌骨骨折"},
            {"page": 5, "original": "误工期180天", "corrected": "误工期180日"},
        ],
        "appraisers": APPRAISERS[:1],
    },
    "party_notice": {
        "institution": INSTITUTION,
        "informed": "示例甲",
        "relation": "被鉴定人",
        "matter": MATTER,
        "informed_on": "2026-03-05",
    },
}

OPINION: dict[str, Any] = {
    "institution": INSTITUTION,
    "client": COURT,
    "case_number": "（2026）吉0102民初345号",
    "entrustment_number": "（2026）吉0102委鉴12号",
    "accepted_on": "2026-03-02",
    "materials": MATERIALS,
    "started_on": "2026-03-05",
    "finished_on": "2026-04-08",
    "place": "示例市示例司法鉴定中心法医临床检查室",
    "present": ["示例甲", "示例甲之子示例庚"],
    "appraisers": APPRAISERS,
    "promise": {"number": "（2026）吉0102委鉴12号-承诺", "signed_on": "2026-03-04"},
    "attachments": [
        {"title": "被鉴定人体表照片", "pages": 1},
        {"title": "影像学资料照片", "pages": 2},
        {"title": "司法鉴定许可证、司法鉴定人执业证复印件", "pages": 3},
    ],
}

OPINIONS: dict[str, dict[str, Any]] = {
    "opinion_disability": {
        **OPINION,
        "matter": MATTER,
        "category": "法医临床鉴定",
        "examinee": {
            "name": "示例甲",
            "sex": "男",
            "born_on": "1978-05-01",
            "id_number": "220102********001X",
            "address": "示例市示例区示例街5号",
        },
        "basic_facts": "示例甲与示例乙机动车交通事故责任纠纷一案，因示例甲伤残等级等专门性问题，示例市示例区人民法院委托本中心进行鉴定。",
        "accident": {
            "happened_on": "2025-06-03",
            "place": "示例市示例大街与示例路交会处",
            "account": "示例乙驾驶小型轿车右转弯时与步行通过人行横道的示例甲发生碰撞，致示例甲倒地受伤。",
            "liability_document": "示例公交认字〔2025〕第00123号",
        },
        "hospitalisations": [
            {
                "hospital": "示例市示例医院",
                "record_number": "ZY0000123",
                "admitted_on": "2025-06-03",
                "discharged_on": "2025-06-28",
                "diagnosis": "右髌骨粉碎性骨折；右膝内侧副韧带损伤；全身多处软组织挫伤。",
                "course": "入院后完善检查，于2025年6月6日在腰硬联合麻醉下行右髌骨骨折切开复位内固定术，术后予抗炎、消肿、功能锻炼等治疗，切口甲级愈合出院。",
            },
            {
                "hospital": "示例市示例医院",
                "record_number": "ZY0000987",
                "admitted_on": "2026-01-12",
                "discharged_on": "2026-01-19",
                "diagnosis": "右髌骨骨折内固定术后。",
                "course": "行右髌骨内固定物取出术，术后恢复良好出院。",
            },
        ],
        "records": [
            {
                "source": "示例市示例医院门诊病历",
                "dated_on": "2026-02-20",
                "text": "右膝关节屈伸活动受限，嘱继续功能锻炼，定期复查。",
            }
        ],
        "principle": "依据临床医学和法医临床学原理，审阅病历资料和影像学资料，对被鉴定人进行体格检查和关节功能测量，结合损伤的部位、性质、治疗经过和恢复情况综合评定。",
        "standards": [
            {"name": "人体损伤致残程度分级"},
            {"name": "法医临床检验规范", "number": "SF/T 0111"},
            {"name": "人身损害误工期、护理期、营养期评定规范", "number": "GA/T 1193"},
        ],
        "instruments": [
            {"name": "关节角度测量仪", "model": "SL-100", "number": "LC-007", "calibrated_until_on": "2026-12-31"},
            {"name": "观片灯", "model": "GP-2", "number": "LC-011"},
        ],
        "complaint": "右膝关节疼痛，屈伸活动受限，下蹲困难，长时间行走后加重。",
        "examinations": [
            {"heading": "一般情况", "text": "步行入室，轻度跛行，神志清楚，对答切题，查体合作。"},
            {
                "heading": "专科检查",
                "text": "右膝前见长12.5厘米纵行手术瘢痕，色淡红，质软。右股四头肌较左侧轻度萎缩，髌骨上缘10厘米处周径右侧42.0厘米、左侧44.5厘米。右膝关节无明显肿胀，浮髌试验阴性，侧方应力试验阴性。",
            },
        ],
        "films": [
            {
                "number": "CT00001",
                "kind": "CT",
                "taken_on": "2025-06-03",
                "finding": "右髌骨多发骨质断裂，断端分离移位，周围软组织肿胀。",
            },
            {
                "number": "DR00452",
                "kind": "X线",
                "taken_on": "2026-03-05",
                "finding": "右髌骨骨折术后改变，内固定物已取出，骨折线消失，髌骨关节面欠光整。",
            },
        ],
        "measurements": [
            {"item": "右膝关节屈曲（被动）", "unit": "度", "injured": "90", "healthy": "135", "loss": "33.3%"},
            {"item": "右膝关节伸展（被动）", "unit": "度", "injured": "0", "healthy": "0", "loss": "0"},
        ],
        "analysis": "被鉴定人示例甲2025年6月3日因道路交通事故致右髌骨粉碎性骨折，经切开复位内固定及内固定物取出手术治疗，现伤后已逾九个月，骨折愈合，医疗终结。\n本次检验见右膝关节屈曲活动受限，与健侧比较，右膝关节功能丧失程度达到25%以上，系原发性损伤及其合并症所致，符合评残条件。",
        "healed_on": "2026-03-05",
        "contribution": "COMPLETE",
        "contribution_note": "被鉴定人伤前右膝关节无既往病史，损伤与目前后果之间存在直接因果关系。",
        "ratings": [
            {"injury": "右膝关节功能丧失25%以上", "clause": "5.10.6 脊柱、骨盆及四肢损伤", "grade": 10},
        ],
        "periods": {"off_work_days": 180, "nursing_days": 60, "nutrition_days": 60},
        "opinions": [
            "被鉴定人示例甲因道路交通事故致右髌骨粉碎性骨折，遗留右膝关节功能障碍，评定为十级伤残。",
            "被鉴定人示例甲的误工期评定为180日，护理期评定为60日，营养期评定为60日。",
        ],
    },
    "opinion_general": {
        **OPINION,
        "matter": "对落款日期为2024年8月1日的《借条》上“示例乙”签名是否为示例乙本人书写进行鉴定",
        "category": "文书鉴定",
        "basic_facts": "原告示例甲诉被告示例乙民间借贷纠纷一案，双方对《借条》上借款人签名的真实性存在争议。",
        "records": [],
        "principle": "依据笔迹特征的总体性、特殊性和稳定性，采用比对检验方法，对检材与样本的书写特征进行分析、比较和综合评断。",
        "standards": [{"name": "笔迹鉴定技术规范", "number": "GB/T 37239"}],
        "instruments": [
            {"name": "文检仪", "model": "VSC-示例", "number": "WJ-003", "calibrated_until_on": "2026-11-30"}
        ],
        "examinations": [
            {
                "heading": "检材检验",
                "text": "检材签名系黑色签字笔直接书写形成，笔画清晰，未见摹仿、描绘迹象，具备检验条件。",
            },
            {
                "heading": "样本检验",
                "text": "样本为示例乙2023年至2025年间的自然书写签名12处，特征稳定，具备比对条件。",
            },
            {
                "heading": "比对检验",
                "text": "检材与样本在运笔、搭配比例、起收笔动作、连笔方式等方面存在本质性符合特征，差异特征能够合理解释。",
            },
        ],
        "analysis": "检材与样本签名的符合特征数量多、价值高，其总和反映了同一人的书写习惯。",
        "opinions": ["检材《借条》上“示例乙”签名与样本签名是同一人书写。"],
        "dissents": [],
    },
}

SAMPLES: dict[str, dict[str, Any]] = {
    **NATIONAL,
    **OPINIONS,
    **samples_court.SAMPLES,
    **samples_institution.SAMPLES,
}
