"""The mandates of a paper: whoever has a key of their own signs by it, at their own act, or the paper is refused.

A hand's mandate is made here by the pen of whoever acts, or was made at that person's own act before and comes along
with the signer; then it must fit every word that is issued. Who never had a key in force needs none: the platform signs
for them, and the certificate says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from jianheng.kernel import canonical, mandates
from jianheng.kernel.mandates import SignedMandate
from jianheng.services.documents.form import Form
from jianheng.services.documents.signatures import Hand, Plan
from jianheng.services.personalkeys import api as personalkeys


@dataclass(frozen=True, slots=True)
class Deed:
    """The act papers are asked for by: its matter, number and code, and the pen of whoever does it, if one was given.

    ``known`` keeps whose key is in force while the act lasts, so that its papers ask once.
    """

    matter_id: int
    seq: int
    act: str
    pen: personalkeys.Pen | None = None
    known: dict[int, Held] = field(default_factory=dict)

    def held(self, person_ids: Iterable[int], *, now: datetime) -> dict[int, personalkeys.KeyRef | None]:
        """See :func:`jianheng.services.personalkeys.api.held`."""
        wanted = list(person_ids)
        if asked := [one for one in wanted if one not in self.known]:
            found = personalkeys.held(asked, at=now)
            self.known.update({one: Held(one in found, found.get(one)) for one in asked})
        return {one: self.known[one].key for one in wanted if self.known[one].ever}


class Held(NamedTuple):
    """Whether a person ever had a key in force, and which is now."""

    ever: bool
    key: personalkeys.KeyRef | None


def mandated(
    form: Form,
    content: Mapping[str, Any],
    plan: Plan,
    *,
    number: str,
    deed: Deed,
    signers: Iterable[Mapping[str, Any]],
    now: datetime,
) -> list[dict[str, Any]]:
    """The mandates of a paper's hands as they are kept with it, each with the ``person``.

    A hand given before its person had a key (``signed_at`` in the signer: number and time of that act) is kept as such.
    Refuses with ``PhraseNeededError``, ``KeyChangedMeanwhileError``, ``MandateUnfitError``.
    """
    hands = [hand for hand in plan.hands if hand.person_id is not None]
    if not hands:
        return []
    held = deed.held([hand.person_id for hand in hands if hand.person_id is not None], now=now)
    brought = {signer.get("person_id"): signer for signer in signers}
    found = []
    for hand in hands:
        said = brought.get(hand.person_id, {})
        if said.get("mandate"):
            found.append(_carried(form, content, hand, said["mandate"], number=number, deed=deed))
        elif hand.person_id in held and said.get("signed_at"):
            found.append({"person": hand.person_id, "signed_at": _before_any_key(hand, said["signed_at"])})
        elif hand.person_id in held:
            found.append(_made(form, content, hand, held[hand.person_id], number=number, deed=deed, now=now))
    return found


def mandate(
    form: Form, content: Mapping[str, Any], *, name: str, role: str, person_id: int, deed: Deed, now: datetime
) -> dict[str, Any] | None:
    """The mandate of somebody who signs a paper that is issued later; ``None`` for who never had a key."""
    held = deed.held([person_id], now=now)
    if person_id not in held:
        return None
    hand = Hand("", role, name, person_id)
    return _made(form, content, hand, held[person_id], number="", deed=deed, now=now)


def _made(
    form: Form,
    content: Mapping[str, Any],
    hand: Hand,
    key: personalkeys.KeyRef | None,
    *,
    number: str,
    deed: Deed,
    now: datetime,
) -> dict[str, Any]:
    pen = deed.pen
    if pen is None or pen.person_id != hand.person_id:
        raise personalkeys.PhraseNeededError(f"“{hand.name}”已登记个人签名密钥，签署须输入签名口令。", about="phrase")
    if key is None or key.public != pen.public:
        raise personalkeys.KeyChangedMeanwhileError(about="phrase")
    signed = mandates.made(
        content,
        sign=pen.sign,
        person=pen.person_id,
        key=pen.public,
        matter=deed.matter_id,
        seq=deed.seq,
        act=deed.act,
        name=hand.name,
        role=hand.role,
        kind=form.code,
        number=number,
        apart=form.apart,
        at=now,
    )
    return {"person": pen.person_id, **signed.as_json()}


def _before_any_key(hand: Hand, act: Mapping[str, Any]) -> dict[str, Any]:
    """The act by which a hand was given; refuses one at which its person had a key in force already."""
    assert hand.person_id is not None  # only hands of persons are asked for
    if hand.person_id in personalkeys.held([hand.person_id], at=canonical.read_instant(act["at"])):
        raise personalkeys.MandateUnfitError(f"“{hand.name}”签名时已有个人签名密钥，却没有以该密钥签署。")
    return dict(act)


def _carried(
    form: Form, content: Mapping[str, Any], hand: Hand, kept: Mapping[str, Any], *, number: str, deed: Deed
) -> dict[str, Any]:
    assert hand.person_id is not None  # only hands of persons are asked for
    signed = SignedMandate.of_json(kept)
    fits = signed.fits(content, person=hand.person_id, matter=deed.matter_id, kind=form.code, number=number)
    if not fits or not signed.is_signed():
        raise personalkeys.MandateUnfitError(f"文书内容与“{hand.name}”所签的不一致，不能以其名义签名。")
    return {"person": hand.person_id, **signed.as_json()}
