"""The door of personal keys: enrol, replace, end; unlock for one act; ask who holds a key.

A person's key is made in the person's request and wrapped by a phrase that is not kept. What it signs are mandates
(:mod:`jianheng.kernel.mandates`): without one nobody who ever had a key in force is signed for.
"""

from __future__ import annotations

from jianheng.services.personalkeys.enrolling import end, enrol, wait
from jianheng.services.personalkeys.errors import (
    AlreadyWaitingError,
    KeyChangedMeanwhileError,
    MandateUnfitError,
    NoKeyInForceError,
    PhraseNeededError,
    PhraseTooOftenError,
    PhraseUnfitError,
    PhraseWrongError,
)
from jianheng.services.personalkeys.holding import KeyRef, held, keys_of, must_sign
from jianheng.services.personalkeys.pens import Pen, unlock
from jianheng.services.personalkeys.phrases import OF_A_PUBLIC_PHRASE, SHORTEST, STRONG, Cost, new_phrase, normal

__all__ = [
    "OF_A_PUBLIC_PHRASE",
    "SHORTEST",
    "STRONG",
    "AlreadyWaitingError",
    "Cost",
    "KeyChangedMeanwhileError",
    "KeyRef",
    "MandateUnfitError",
    "NoKeyInForceError",
    "Pen",
    "PhraseNeededError",
    "PhraseTooOftenError",
    "PhraseUnfitError",
    "PhraseWrongError",
    "end",
    "enrol",
    "held",
    "keys_of",
    "must_sign",
    "new_phrase",
    "normal",
    "unlock",
    "wait",
]
