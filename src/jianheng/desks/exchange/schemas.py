"""What the interface answers."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field


def written_number(value: Any) -> Any:
    """A number as an address carries it: figures, nothing else."""
    if isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value) is None:
        raise ValueError("请填写整数")
    return value


Figures = BeforeValidator(written_number)
MatterId = Annotated[int, Field(ge=1, le=2**63 - 1), Figures]
Pair = Annotated[list[str], Field(min_length=2, max_length=2)]  # a value, or a label, and its words
Seq = Annotated[int, Field(ge=1, le=2**31 - 1), Figures]


class ReasonOut(Schema):
    """One reason of a refusal: its code, sentence, articles, next step, and the input it is about."""

    code: str
    text: str
    law: list[str] = Field(default_factory=list)
    next_step: str = ""
    about: str = ""
    data: dict[str, Any] = Field(default_factory=dict)


class Problem(Schema):
    """RFC 9457 problem details, with the refusal's reasons."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    reasons: list[ReasonOut]


class IssuedOut(Schema):
    """A document an act issued."""

    id: int
    number: str
    kind: str
    code: str


class ReceiptOut(Schema):
    """What an act answers at once; its proof is at ``/receipts/{seq}`` when the log has placed it."""

    matter_id: int
    seq: int
    act: str
    outcome: str
    at: datetime
    entry: str
    commitment: str
    documents: list[IssuedOut]
    repeated: bool


class ItemOut(Schema):
    """An open node."""

    node: str
    title: str
    holder: str
    holder_title: str
    due_on: date | None
    expected_on: date | None


class Provisional(Schema):
    """Where a term will end while the notice of a year is missing: the expected day, and the days it lies between."""

    day: date
    earliest: date
    latest: date


class TermOut(Schema):
    """A clock, with how its due day was counted."""

    clock: str
    title: str
    start_on: date
    length: int
    unit: str
    basis: str
    verified: bool
    due_on: date | None
    provisional: Provisional | None
    note: str
    paused: bool
    overdue: bool
    steps: list[str]


class OfferOut(Schema):
    """An act this client may do now; one that is ``solemn`` cannot be undone and asks for ``If-Match``."""

    act: str
    title: str
    node: str
    law: list[str]
    solemn: bool


class MatterOut(Schema):
    """A matter."""

    id: int
    root_id: int
    parent_id: int | None
    region: str
    procedure: str
    version: int
    reference: str
    title: str
    opened_at: datetime
    closed_at: datetime | None
    end: str
    acts: int
    items: list[ItemOut]
    terms: list[TermOut]
    offered: list[OfferOut]
    facts: list[Pair]
    family: list[int]


class MatterLine(Schema):
    """A matter in a list."""

    id: int
    root_id: int
    reference: str
    title: str
    procedure: str
    opened_at: datetime
    closed_at: datetime | None
    end: str
    by_name: bool


class WorkLine(Schema):
    """A work item in a list."""

    id: int
    matter_id: int
    reference: str
    title: str
    node: str
    due_on: date | None
    expected_on: date | None


class WorkOut(Schema):
    """A page of a work list; ``after`` is the key of the next, "" at the end. Counts stop at 1000."""

    rows: list[WorkLine]
    after: str
    total: int
    overdue: int


class ActOut(Schema):
    """An act in the timeline."""

    seq: int
    act: str
    title: str
    outcome: str
    name: str
    holder_title: str
    at: datetime
    entry: str


class DocumentOut(Schema):
    """A document of a matter; ``sha256`` is empty while the paper is being made."""

    id: int
    kind: str
    title: str
    number: str
    code: str
    status: str
    sha256: str


class FileItemOut(Schema):
    """An entry of the case file."""

    id: int
    volume: str
    section: str
    title: str
    source: str
    sha256: str
    examination: str
    examination_note: str
    level: int


class ProofOut(Schema):
    """A receipt (``jianheng-receipt/1``): from ``index`` on only when ``status`` is no longer "pending".

    "sealed" is final. "unwitnessed" is under a checkpoint that not enough witnesses have cosigned yet. ``clock`` is the
    receipt of the statement by which an entry of the future came in, where a clock had been ahead.
    """

    format: str
    status: Literal["pending", "unwitnessed", "sealed"]
    entry: dict[str, Any]
    digest: str
    leaf_hash: str
    index: int = 0
    size: int = 0
    inclusion: list[str] = Field(default_factory=list)
    before: str | None = None
    checkpoint: str = ""
    key: str = ""
    clock: dict[str, Any] | None = None


class WitnessOut(Schema):
    """A witness of the log: its key, the size it last cosigned, when, and what is wrong ("" while all is well)."""

    name: str
    key: str
    size: int
    at: datetime | None
    is_fresh: bool
    trouble: str


class CheckpointOut(Schema):
    """The log's newest signed checkpoint, ``null`` while it is empty, with the cosignatures there are; the key that
    signs it; the policy of witnesses (C2SP tlog-policy, "" without one) and how each of them stands."""

    note: str | None
    public_key: str
    policy: str
    witnesses: list[WitnessOut]


class UploadOut(Schema):
    """A stored upload: refer to it by its hash."""

    sha256: str
    name: str
    size: int


class WebhookIn(Schema):
    """Where to send events."""

    url: Annotated[str, Field(min_length=8, max_length=500, pattern=r"^https?://[!-~]+$")]


class WebhookOut(Schema):
    """A subscription; ``secret`` signs its deliveries."""

    id: int
    url: str
    secret: str = ""


class OptionsOut(Schema):
    """What a form of an act may choose from, and its first values."""

    choices: dict[str, list[Pair]]
    prefill: dict[str, Any]
