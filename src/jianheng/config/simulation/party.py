"""How parties behave: they apply, rank, pay and object, late or not at all."""

from __future__ import annotations

from functools import partial

from jianheng.config.simulation.world import DAY, Behaviour, Desk, Events


def apply(at: Desk) -> Events:
    """Apply after the court's explanation, if one thinks of it."""
    if at.happens("party_forgets"):
        at.leave_it()
        return
    yield from at.wait_of_party("apply")
    at.do("applicant", "apply", {"reasons": "需要通过鉴定查明损害后果。"})


def rank(at: Desk, side: str) -> Events:
    """Name up to three institutions; both sides name the same first one when they agree."""
    if at.happens("party_forgets"):
        at.leave_it()
        return
    yield from at.wait_of_party("rank")
    options = sorted(at.options(side, "rank").get("institutions", []), key=lambda option: option[1])
    if not options:
        at.leave_it()
        return
    agrees = at.case.serial % 100 < at.parameters.shares["agrees"].value * 100
    half = options[::2] if side == "applicant" else options[1::2] or options
    first = [options[at.case.serial % len(options)]] if agrees else []
    more = at.chance.sample(half, min(2, len(half)))
    at.do(side, "rank", {"institutions": list(dict.fromkeys(value for value, _ in [*first, *more]))})


def pay(at: Desk) -> Events:
    """Pay at once, at the last minute, late or never."""
    if at.visit == 0 and at.happens("never_pays"):
        at.case.flags.add("never pays")
        at.leave_it()
        return
    days = at.parameters.party_waits["pay"].drawn(at.chance)
    limit = at.parameters.policy.fee_days.value if at.visit == 0 else 7
    if days >= limit and (at.happens("heeds_deadline") or "late" in at.case.flags):
        days = limit - 0.3
    if days >= limit:
        at.case.flags.add("late")
    if limit > 2 and at.chance.random() < at.parameters.policy.remind.value and days > limit - 2:
        yield at.world.env.timeout((limit - 2) * DAY)
        at.do(at.case.technician.login, "remind_payment")
        days -= limit - 2
    yield at.world.env.timeout(days * DAY)
    at.do("applicant", "pay", {"amount_fen": at.case.fee, "voucher": "@file:交费凭证.txt"})
    at.leave_it()


def answer_report(at: Desk, side: str) -> Events:
    """Object, say that one does not, or let the time pass."""
    if at.happens("objects"):
        yield from at.wait_of_party("object")
        point = {"point": "计算方法不明", "reason": "没有列出计算过程。"}
        if at.do(side, "object", {"points": [point], "request": "请说明。"}):
            at.case.points += 1
    elif at.happens("says_no_objection"):
        yield from at.wait_of_party("object")
        at.do(side, "no_objection")
    at.leave_it()


def confirm_contact(at: Desk, side: str) -> Events:
    """A correction the court proposes is what the party asked for: confirmed within a day."""
    yield at.world.env.timeout(DAY)
    at.do(side, "accept_contact")


BEHAVIOURS: dict[tuple[str, str], Behaviour] = {
    ("entrustment", "apply"): apply,
    ("entrustment", "pay"): pay,
    ("selection", "rank_applicant"): partial(rank, side="applicant"),
    ("selection", "rank_respondent"): partial(rank, side="respondent"),
    ("entrustment", "objection_applicant"): partial(answer_report, side="applicant"),
    ("entrustment", "objection_respondent"): partial(answer_report, side="respondent"),
    ("entrustment", "contact_asked_applicant"): partial(confirm_contact, side="applicant"),
    ("entrustment", "contact_asked_respondent"): partial(confirm_contact, side="respondent"),
    ("entrustment", "contact_waiting_applicant"): partial(confirm_contact, side="applicant"),
    ("entrustment", "contact_waiting_respondent"): partial(confirm_contact, side="respondent"),
}
