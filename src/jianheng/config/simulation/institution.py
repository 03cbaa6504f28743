"""How institutions behave: intake, head, appraisers with limited capacity, reviewer, archivist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from jianheng.config.simulation.province import Person
from jianheng.config.simulation.world import Behaviour, Desk, Events

CHECKS = ("in_scope", "material_sound", "purpose_lawful", "request_proper", "within_ability", "sole_entrustment")
MORE = {"items": [{"name": "复查影像", "requirement": "近一个月"}], "days": 10}
EXTENSION_DAYS = 20


def register(at: Desk) -> Events:
    """Receive the material."""
    intake = at.house.intake
    yield from at.wait("register", intake)
    given = {"submitted_by": "示例技术员", "complete": True, "sealed": "密封完好"}
    if at.do(intake.login, "register_material", given):
        at.house.open += 1


def acceptance_review(at: Desk) -> Events:
    """Six checks, or more material first."""
    intake = at.house.intake
    yield from at.wait("acceptance", intake)
    if at.visit == 0 and at.happens("supplement_before"):
        at.do(intake.login, "ask_supplement", MORE)
        return
    able = not at.happens("refused") if at.visit == 0 else "unable" not in at.case.flags
    if not able:
        at.case.flags.add("unable")
    given = {**dict.fromkeys(CHECKS, True), "within_ability": able, "opinion": "已审查。"}
    at.do(intake.login, "review_acceptance", given)


def acceptance_decision(at: Desk) -> Events:
    """Accept, refuse, or have it reviewed again."""
    head = at.house.head
    yield from at.wait("assign", head)
    if at.visit == 0 and at.happens("reviewed_again"):
        at.do(head.login, "send_back_review", {"reason": "请再核对材料。"})
    elif "unable" in at.case.flags:
        at.case.flags.discard("unable")
        if at.do(head.login, "refuse", {"ground": "@choice:技术条件", "facts": "设备不能满足要求。"}):
            at.house.open -= 1
    else:
        at.do(head.login, "accept", {})


def assign(at: Desk) -> Events:
    """Two of those who may, the least busy first."""
    head = at.house.head
    yield from at.wait("assign", head)
    options = at.options(head.login, "assign").get("lead", [])
    known = {person.name: person for person in at.house.appraisers}
    free = sorted(
        ((known[label.partition("（")[0]], value) for value, label in options),
        key=lambda one: (one[0].load, one[0].name),
    )
    if len(free) < 2:
        at.do(head.login, "terminate", {"ground": "@choice:0", "facts": "没有两名合格的鉴定人。"})
        return
    chosen = free[:2]
    if at.do(head.login, "assign", {"lead": chosen[0][1], "others": [chosen[1][1]]}):
        at.case.teams[at.house.id] = [person for person, _ in chosen]
        for person in at.team:
            person.load += 1


def promise(at: Desk) -> Events:
    """Each assigned appraiser signs."""
    for person in at.team:
        mark = f"promised {at.item.matter_id} {person.login}"
        if mark in at.case.flags:
            continue
        yield from at.wait("sign", person)
        if at.do(person.login, "promise", {"promised": True}):
            at.case.flags.add(mark)
    if at.visit == 0 and at.happens("recusal"):
        given = {"whom": at.team[0].name, "ground": "与对方当事人有亲属关系。"}
        at.do("respondent", "request_recusal", given, procedure="entrustment")


def decide_recusal(at: Desk) -> Events:
    """Kept or replaced."""
    head = at.house.head
    yield from at.wait("decide", head)
    given = {"reason": "已核实。"}
    if at.happens("recused"):
        given["appraiser"] = f"@choice:{at.team[0].name}"
    at.do(head.login, "decide_recusal", given)


def plan(at: Desk) -> Events:
    """Plan and quote."""
    lead = at.team[0]
    yield from at.wait("plan", lead)
    at.do(
        lead.login,
        "submit_plan",
        {
            "standards": [{"name": "本专业国家标准"}],
            "steps": [{"step": "检验", "content": "审查材料并检验"}],
            "planned_due_on": (at.now + timedelta(days=40)).date().isoformat(),
            "fees": [{"item": "鉴定费", "quantity": 1, "unit_price_fen": at.case.fee}],
            "account_name": at.house.name,
            "bank": "示例银行示例支行",
            "account_number": "6222020000000000018",
        },
    )


def examine(at: Desk) -> Events:
    """A place on the bench, then the examination; more material, more time, or no way to go on."""
    lead, head = at.team[0], at.house.head
    with at.world.bench(lead).request() as turn:
        yield turn
        days = at.parameters.waits["examination"].drawn(at.chance) * (1.6 if at.case.is_complex else 1.0)
        if at.visit == 0 and at.happens("supplement_during"):
            yield from at.world.until_at_work(lead, days * 0.3)
            at.do(lead.login, "ask_more", MORE)
            return
        if at.visit == 0 and at.happens("terminated"):
            yield from at.world.until_at_work(head, days * 0.5)
            if at.do(head.login, "terminate", {"ground": "@choice:0", "facts": "材料耗尽，无法继续。"}):
                _release(at)
            return
        term = 60 if at.case.is_complex else 30
        if days > term - 5 and "extended" not in at.case.flags:
            yield from at.world.until_at_work(head, term - 8)
            given = {"days": EXTENSION_DAYS, "reason": "检验需要较长时间。"}
            if at.do(head.login, "request_extension", given):
                at.case.flags.add("extended")
            days -= term - 8
        yield from at.world.until_at_work(lead, days)
        yield from _record(at, at.team)


def _record(at: Desk, appraisers: list[Person]) -> Events:
    for person in appraisers:
        yield from at.world.until_at_work(person, 0)
        at.do(person.login, "record", {"place": "检查室", "method": "检验", "result": "见检验记录。"})
    at.do(appraisers[0].login, "finish_examination")


def draft(at: Desk) -> Events:
    """Draft the opinion."""
    lead = at.team[0]
    yield from at.wait("draft", lead)
    given = {
        "place": at.house.name,
        "principle": "依照国家标准综合评定。",
        "examinations": [{"heading": "检验", "text": "检验所见。"}],
        "analysis": "分析说明从略。",
        "opinions": ["鉴定意见从略。"],
    }
    at.do(lead.login, "draft", given)


def review(at: Desk) -> Events:
    """Another person reviews."""
    reviewer = at.house.reviewer
    yield from at.wait("review", reviewer)
    conclusion = "REVISE" if at.visit == 0 and at.happens("revised") else "AGREE"
    given = {"on_procedure": "程序符合规定。", "on_opinion": "依据充分。", "conclusion": conclusion}
    at.do(reviewer.login, "review", given)


def sign(at: Desk) -> Events:
    """Everybody signs."""
    for person in at.team:
        yield from at.wait("sign", person)
        at.do(person.login, "sign", {"agrees": True})


def issue(at: Desk) -> Events:
    """Seal and issue."""
    yield from at.wait("sign", at.house.head)
    at.do(at.house.head.login, "issue", {})


def deliver(at: Desk) -> Events:
    """Send the opinion to the court."""
    intake = at.house.intake
    yield from at.wait("deliver", intake)
    if at.do(intake.login, "deliver", {"mode": "ELECTRONIC", "receiver": "示例技术员"}):
        _release(at)


def _release(at: Desk) -> None:
    at.house.open -= 1
    for person in at.team:
        person.load -= 1


def archive(at: Desk) -> Events:
    """File the case away."""
    yield from at.wait("archive", at.house.archivist)
    at.do(at.house.archivist.login, "archive", {"checked_by": "示例负责人"})


def answer_objection(at: Desk) -> Events:
    """Answer every point."""
    lead = at.team[0]
    yield from at.wait("answer_objection", lead)
    answers = [{"answer": "按规范测量和计算。"}] * at.case.points
    if at.do(lead.login, "answer_objection", {"answers": answers, "conclusion": "维持原意见。"}):
        at.case.points = 0


APPRAISAL: tuple[Callable[[Desk], Events], ...] = (
    register,
    acceptance_review,
    acceptance_decision,
    assign,
    promise,
    decide_recusal,
    plan,
    examine,
    draft,
    review,
    sign,
    issue,
    deliver,
    archive,
)
BEHAVIOURS: dict[tuple[str, str], Behaviour] = {("appraisal", one.__name__): one for one in APPRAISAL} | {
    ("entrustment", "answer_objection"): answer_objection
}
