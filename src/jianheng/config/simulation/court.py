"""How courts behave: who raises a request, and what judges and technicians do at each node."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from jianheng.config.simulation.province import SURNAMES, Court
from jianheng.config.simulation.world import DAY, Behaviour, Case, Desk, Events, World

CAUSES = {
    "FM0207": "医疗损害责任纠纷",
    "FM03": "监护权纠纷",
    "FM04": "婚姻家庭纠纷",
    "PE": "民间借贷纠纷",
}
CONTENTS = (
    "court_name",
    "matter_and_request",
    "material",
    "principle_and_method",
    "process",
    "opinion",
    "promise",
    "signatures",
)
HEARING_AFTER_DAYS = 8


def raise_request(world: World, court: Court, number: int, chance: random.Random) -> Case:
    """A judge raises a request; what kind of case it is, is drawn here once."""
    parameters, share = world.parameters, world.parameters.shares
    kinds = list(parameters.demand)
    category = chance.choices(kinds, weights=[parameters.demand[kind].value for kind in kinds])[0]
    drawn = chance.random()
    origin = "APPLICATION"
    if drawn < share["explained"].value:
        origin = "EXPLANATION"
    elif drawn < share["explained"].value + share["ex_officio"].value:
        origin = "EX_OFFICIO"
    case = Case(
        world.next_serial(),
        court,
        chance.choice(court.judges),
        chance.choice(court.technicians),
        category,
        chance.random() < share["complex"].value,
    )
    case.fee = f"{chance.randrange(8, 40) * 100}.00"
    cause = next((cause for code, cause in CAUSES.items() if category.startswith(code)), "机动车交通事故责任纠纷")
    world.do(
        case,
        case.judge.login,
        "entrustment",
        "request",
        None,
        {
            "case_number": f"（{world.now.year}）{court.code}民初{number}号",
            "cause": cause,
            "origin": origin,
            "category": category,
            "subject": "对本案的专门性问题进行鉴定",
            "purpose": "查明案件事实",
            "basic_facts": "模拟案件，情节从略。",
            "complexity": "COMPLEX" if case.is_complex else "ORDINARY",
            "applicant": f"{chance.choice(SURNAMES)}某{number}（示例）",
            "applicant_phone": f"139{chance.randrange(10**8):08d}",
            "respondent": f"{chance.choice(SURNAMES)}某{number}（示例）",
            "respondent_phone": f"138{chance.randrange(10**8):08d}",
        },
    )
    if case.root_id and chance.random() < share["withdrawn"].value:
        world.env.process(_withdraw(world, case, chance.uniform(5, 90)))
    return case


def _withdraw(world: World, case: Case, days: float) -> Events:
    """The parties settle."""
    yield world.env.timeout(days * DAY)
    yield from world.until_at_work(case.judge, 0)
    world.do(case, case.judge.login, "entrustment", "withdraw", case.root_id, {"reason": "双方达成和解。"})


def late_application(at: Desk) -> Events:
    """Out of time: a reason, or waived."""
    case = at.case
    yield from at.wait("decide", case.judge)
    if at.happens("late_excused"):
        reasons = {"reasons": "需要通过鉴定查明。", "delay": "因病住院，现已出院。"}
        at.do("applicant", "explain_delay", reasons)
        at.do(case.judge.login, "allow_late_application", {"facts": "有住院记录证实。"})
    else:
        at.do(case.judge.login, "declare_not_applied", {"facts": "逾期未申请，没有说明理由。"})


def screen(at: Desk) -> Events:
    """Entrust or decline."""
    yield from at.wait("screen", at.case.judge)
    decision = "DECLINE" if at.happens("declined") else "ENTRUST"
    given = {"technique_reliable": True, "decision": decision, "reason": "已审查。"}
    at.do(at.case.judge.login, "screen", given)


def examine(at: Desk) -> Events:
    """Register and cross-examine the material, then transfer."""
    judge = at.case.judge
    yield from at.wait("examine", judge)
    for title in ("病历资料", "书证材料")[: at.chance.randint(1, 2)]:
        if title not in at.case.flags:
            _add_and_examine(at, title)
    at.do(judge.login, "transfer", {"scope": "本案委托的鉴定事项"})


def _add_and_examine(at: Desk, title: str) -> None:
    judge = at.case.judge
    material = {"title": title, "kind": "书证", "source": "当事人", "file": f"@file:{title}.txt"}
    if at.do(judge.login, "add_material", material):
        at.case.flags.add(title)
    at.do(
        judge.login,
        "examine_material",
        {
            "item": f"@choice:{title}",
            "authenticity": "双方对真实性无异议",
            "legality": "双方对合法性无异议",
            "relevance": "双方对关联性无异议",
            "finding": "AGREED",
            "clerk": "示例书记员",
        },
    )


def filing(at: Desk) -> Events:
    """File, or return once with what is missing."""
    lead = at.case.technician
    yield from at.wait("file", lead)
    if at.visit == 0 and at.happens("deficient"):
        missing = {"item": "鉴定事项", "problem": "未写明部位", "requirement": "写明部位"}
        at.do(lead.login, "return_transfer", {"deficiencies": [missing]})
        return
    other = next(one for one in at.case.court.technicians if one is not lead)
    at.do(
        lead.login,
        "file",
        {
            "lead": f"@choice:{lead.name}",
            "assistant": f"@choice:{other.name}",
            "contacts": ["@choice:0", "@choice:1"],
        },
    )


def mend(at: Desk) -> Events:
    """Put right what was missing."""
    yield from at.wait("mend", at.case.judge)
    at.do(at.case.judge.login, "mend", {"note": "已逐项补正。"})


def choose_mode(at: Desk) -> Events:
    """Agreement, or what the policy says; with an empty list, outside it, or not at all."""
    tech = at.case.technician
    yield from at.wait("choose_mode", tech)
    if "nobody" in at.case.flags:
        outside = at.options(tech.login, "choose_outside_list").get("institution", [])
        given = {"reason": "名册中没有该专业的机构。", "evidence": "@file:资质证明.txt"}
        if not outside or not at.do(tech.login, "choose_outside_list", {**given, "institution": outside[0][0]}):
            reason = {"reason": "没有能够鉴定的机构。"}
            at.do(at.case.judge.login, "withdraw", reason, procedure="entrustment")
    elif at.visit == 0 and at.happens("agreement"):
        at.do(tech.login, "invite_ranking", {})
    elif at.parameters.policy.choose.value == "least_loaded":
        _designate(at)
    else:
        at.do(tech.login, "go_to_draw", {"reason": "双方协商不成。"})


def _designate(at: Desk) -> None:
    tech = at.case.technician
    options = at.options(tech.login, "designate").get("institution", [])
    if not options:
        at.do(tech.login, "go_to_draw", {"reason": "没有可指定的机构。"})
        return
    loads = {house.name: house.open for house in at.world.population.houses.values()}
    value, _ = min(options, key=lambda option: (loads.get(option[1], 0), option[1]))
    given = {"institution": value, "ground": "NO_AGREEMENT", "evidence": "@file:笔录.txt"}
    at.do(tech.login, "designate", {**given, "reason": "该机构符合条件，在办案件最少。"})


def confirm_agreement(at: Desk) -> Events:
    """Confirm what both sides named."""
    yield from at.wait("draw", at.case.technician)
    at.do(at.case.technician.login, "confirm_agreement", {})


def commit_list(at: Desk) -> Events:
    """Announce the list, after the parties may have written; the log places it before the round falls."""
    tech = at.case.technician
    yield from at.wait("draw", tech)
    for side in ("applicant", "respondent"):
        if at.happens("contributes"):
            at.do(side, "contribute", {"text": f"{side} {at.chance.randrange(10**6)}"})
    done = at.do(tech.login, "commit_list", {"text": f"{at.chance.randrange(10**6)}"})
    if done is not None and done.outcome == "empty":
        at.case.flags.add("nobody")
    at.world.driver.place_all()


def approve_list(at: Desk) -> Events:
    """Confirm what was claimed; nobody claims a recusal at the list here."""
    yield from at.wait("entrust", at.case.judge)
    at.do(at.case.judge.login, "approve_list", {"reason": "属实。"})


def approve_choice(at: Desk) -> Events:
    """Confirm whom the unit proposes without a draw."""
    yield from at.wait("entrust", at.case.judge)
    at.do(at.case.judge.login, "approve_choice", {"reason": "属实。"})


def decide_staff_recusal(at: Desk) -> Events:
    """Decide on a challenge of the unit's staff; nobody challenges here."""
    yield from at.wait("entrust", at.case.judge)
    at.do(at.case.judge.login, "reject_staff_recusal", {"reason": "事由不成立。"})


def review_staff_recusal(at: Desk) -> Events:
    """Likewise when it is looked at again."""
    yield from decide_staff_recusal(at)


def draw(at: Desk) -> Events:
    """The beacon's round falls and the platform concludes; nobody does anything."""
    yield at.world.env.timeout(at.world.seconds_to_pulse(at.item.matter_id))
    at.world.pulse(at.item.matter_id)


def entrust(at: Desk) -> Events:
    """Issue the letter, or reject the institution."""
    tech = at.case.technician
    yield from at.wait("entrust", tech)
    if at.happens("rejected"):
        given = {"institution": "@choice:0", "ground": "INTEREST", "evidence": "@file:证明.txt"}
        at.do(tech.login, "reject_institution", {**given, "reason": "机构与当事人有利害关系。"})
        return
    term = 60 if at.case.is_complex else 30
    letter = {"scope": "本案委托的鉴定事项", "purpose": "查明案件事实", "term_working_days": term}
    at.do(tech.login, "entrust", {**letter, "licence_checked": True})


def confirm_rejection(at: Desk) -> Events:
    """The judge confirms what the technician proposes."""
    judge = at.case.judge
    yield from at.wait("entrust", judge)
    at.do(judge.login, "confirm_rejection", {"agrees": True, "reason": "证据充分。"})


def hand_over(at: Desk) -> Events:
    """Hand the material over."""
    yield from at.wait("hand_over", at.case.technician)
    at.do(at.case.technician.login, "hand_over", {"receiver": "示例受理员"})


def silence(at: Desk) -> Events:
    """Urge once, then replace."""
    tech = at.case.technician
    yield from at.wait("decide", tech)
    if at.visit == 0:
        at.do(tech.login, "urge_answer", {"days": 5, "text": "请尽快答复。"})
    else:
        at.do(tech.login, "replace_silent", {"institution": "@choice:0", "reason": "催告后仍未答复。"})


def notify_fee(at: Desk) -> Events:
    """Check the quote and tell the party to pay."""
    yield from at.wait("notify_fee", at.case.technician)
    days = at.parameters.policy.fee_days.value
    at.do(at.case.technician.login, "notify_fee", {"plan_accepted": True, "days": days})


def judge_lapse(at: Desk) -> Events:
    """More time for a good reason, once; else waived."""
    judge = at.case.judge
    yield from at.wait("decide", judge)
    if at.visit == 0 and "never pays" not in at.case.flags and at.happens("late_excused"):
        at.do(judge.login, "allow_late_payment", {"days": 7, "reason": "确有困难。"})
    else:
        at.do(judge.login, "declare_waived", {"facts": "期限内未交费。"})


def supplement(at: Desk) -> Events:
    """Get the material from the parties, cross-examine it, pass it on; or say there is none."""
    judge = at.case.judge
    yield from at.wait("supplement", judge)
    if at.happens("supplied"):
        _add_and_examine(at, f"补充材料之{at.visit + 1}")
        at.do(judge.login, "supply_material", {"note": "已补充并质证。"})
    else:
        at.do(judge.login, "decline_supplement", {"reason": "当事人没有其他材料。"})


def decide_extension(at: Desk) -> Events:
    """Grant or refuse."""
    yield from at.wait("decide", at.case.judge)
    given = {"granted": at.happens("extension_granted"), "reason": "已审查延期理由。"}
    at.do(at.case.judge.login, "decide_extension", given)


def after_failure(at: Desk) -> Events:
    """Choose again, or give up."""
    yield from at.wait("decide", at.case.judge)
    act = "close_without_opinion" if at.happens("given_up") else "select_again"
    at.do(at.case.judge.login, act, {"reason": "机构未能完成鉴定。"})


def check_report(at: Desk) -> Events:
    """Check the report; send back what is not complete."""
    yield from at.wait("check_report", at.case.judge)
    given: dict[str, Any] = dict.fromkeys(CONTENTS, True)
    if at.visit == 0 and at.happens("returned"):
        given |= {"process": False, "note": "请补充鉴定过程。", "conclusion": "SUPPLEMENT"}
    else:
        given["conclusion"] = "ACCEPT"
    at.do(at.case.judge.login, "check_report", given)


def serve(at: Desk) -> Events:
    """Serve copies."""
    yield from at.wait("hand_over", at.case.technician)
    at.do(at.case.technician.login, "serve", {})


def after_answer(at: Desk) -> Events:
    """Settled, or the appraiser is wanted in court."""
    judge = at.case.judge
    yield from at.wait("decide", judge)
    if at.happens("still_objects"):
        at.do(judge.login, "demand_attendance_cost", {"amount_fen": "800.00", "payer": "异议人"})
    else:
        at.do(judge.login, "settle_objection", {"note": "对书面答复无异议。"})


def attendance_cost(at: Desk) -> Events:
    """Prepaid, or the objection is waived."""
    judge = at.case.judge
    yield from at.wait("supplement", judge)
    if at.happens("attendance_paid"):
        at.do(judge.login, "record_attendance_cost", {"amount_fen": "800.00"})
    else:
        at.do(judge.login, "settle_objection", {"note": "未预交出庭费用，视为放弃异议。"})


def summon(at: Desk) -> Events:
    """Fix a hearing."""
    yield from at.wait("decide", at.case.judge)
    hearing = at.world.hours.later(at.now + timedelta(days=HEARING_AFTER_DAYS), 0).date()
    given = {"appraiser": next(reversed(at.case.teams.values()))[0].name, "place": "第一法庭"}
    given |= {"hearing_on": hearing.isoformat(), "hearing_time": "09:30"}
    at.do(at.case.judge.login, "summon", given)


def testimony(at: Desk) -> Events:
    """The hearing."""
    hearing = at.world.hours.later(at.now + timedelta(days=HEARING_AFTER_DAYS), 0.2)
    yield at.world.env.timeout(max(at.world.hours.seconds(hearing) - at.world.env.now, 0))
    absent = at.happens("absent")
    if absent:
        at.case.flags.add("unusable")
    attendance = "ABSENT" if absent else "ATTENDED"
    at.do(at.case.judge.login, "record_testimony", {"attendance": attendance, "summary": "已记录在卷。"})


def adopt(at: Desk) -> Events:
    """Adopt, ask for more, appraise again, or do without."""
    judge = at.case.judge
    yield from at.wait("adopt", judge)
    if "unusable" in at.case.flags:
        at.do(judge.login, "close_without_opinion", {"reason": "鉴定人拒不出庭，当事人不再申请。"})
    elif at.visit == 0 and at.happens("supplementary"):
        at.do(judge.login, "order_supplement", {"matters": "请补充说明计算方法。"})
    elif at.happens("re_appraisal"):
        at.do(judge.login, "order_re_appraisal", {"ground": "@choice:2", "facts": "依据明显不足。"})
    else:
        at.do(judge.login, "adopt", {})


def rate(at: Desk) -> Events:
    """Rate the institution."""
    yield from at.wait("rate", at.case.technician)
    names = ("timeliness", "quality", "conduct", "service")
    at.do(at.case.technician.login, "rate", {name: at.chance.randint(15, 25) for name in names})


def decide_withdrawal(at: Desk) -> Events:
    """An adopted opinion stands, unless its institution could say why it must not."""
    yield from at.wait("adopt", at.case.judge)
    at.do(at.case.judge.login, "decide_withdrawal", {"decision": "REFUSED", "reason": "没有说明正当理由。"})


ENTRUSTMENT: tuple[Callable[[Desk], Events], ...] = (
    late_application,
    screen,
    examine,
    filing,
    mend,
    entrust,
    confirm_rejection,
    hand_over,
    silence,
    notify_fee,
    judge_lapse,
    supplement,
    decide_extension,
    after_failure,
    check_report,
    serve,
    after_answer,
    attendance_cost,
    summon,
    testimony,
    adopt,
    decide_withdrawal,
    rate,
    decide_staff_recusal,
    review_staff_recusal,
)
SELECTION: tuple[Callable[[Desk], Events], ...] = (
    choose_mode,
    confirm_agreement,
    commit_list,
    approve_list,
    approve_choice,
    draw,
)
BEHAVIOURS: dict[tuple[str, str], Behaviour] = {("entrustment", one.__name__): one for one in ENTRUSTMENT} | {
    ("selection", one.__name__): one for one in SELECTION
}
