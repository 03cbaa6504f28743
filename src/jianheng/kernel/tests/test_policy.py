"""A policy of witnesses is read as C2SP tlog-policy says, and the independent verifier reads it alike."""

from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jianheng import verifier
from jianheng.kernel import notes, policy

LOG = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"  # of c2sp.org/signed-note


def vkey(number: int, kind: int = notes.COSIGNATURE_V1) -> str:
    public = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32).public_key().public_bytes_raw()
    return str(notes.Key(f"witness.example/w{number}", public, kind))


# The example of c2sp.org/tlog-policy, its elided keys filled in.
EXAMPLE = f"""log {LOG}

witness X1 {vkey(1)}
witness X2 {vkey(2)}
witness X3 {vkey(3)} https://x3.example/
group X-witnesses 2 X1 X2 X3

witness Y1 {vkey(4)}
 \twitness\tY2  {vkey(5)}
# a remark
witness Y3 {vkey(6)}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
FOUR = [f"witness w{number} {vkey(number)}" for number in range(1, 5)]


def test_the_example_of_the_specification() -> None:
    read = policy.parse(EXAMPLE)

    assert [str(key) for key in read.logs] == [LOG]
    assert [one.name for one in read.witnesses] == ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    assert [one.address for one in read.witnesses if one.address] == ["https://x3.example/"]
    assert read.suffices({"X1", "X3", "Y2"})
    assert not read.suffices({"X1", "X2", "X3"})
    assert not read.suffices({"X1", "Y1", "Y2", "Y3"})


def test_reader_and_verifier_are_of_one_mind_about_every_set_of_witnesses() -> None:
    ours, theirs = policy.parse(EXAMPLE), verifier.Policy.read(EXAMPLE)
    names = [one.name for one in ours.witnesses]

    for count in range(len(names) + 1):
        for some in combinations(names, count):
            assert ours.suffices(some) == (theirs.since(dict.fromkeys(some, 7)) == 7)


def test_three_of_four_survives_one_witness_away_or_lying_and_not_two() -> None:
    read = policy.parse("\n".join([*FOUR, "group all-of-them 3 w1 w2 w3 w4", "quorum all-of-them"]))

    assert read.suffices({"w1", "w2", "w4"})
    assert not read.suffices({"w1", "w4"})


@pytest.mark.parametrize(("liars", "away", "two"), [(0, 0, False), (1, 0, False), (1, 1, False), (2, 0, True)])
def test_whether_two_versions_of_a_log_can_both_be_final(liars: int, away: int, two: bool) -> None:
    """A liar signs both, an honest witness the one it saw first; whoever holds the log's key chooses who sees what."""
    read = policy.parse("\n".join([*FOUR, "group q 3 w1 w2 w3 w4", "quorum q"]))
    names = [one.name for one in read.witnesses]
    lying, honest = set(names[:liars]), names[liars : 4 - away]

    shown = (set(first) for count in range(len(honest) + 1) for first in combinations(honest, count))
    both = [read.suffices(lying | first) and read.suffices(lying | (set(honest) - first)) for first in shown]

    assert any(both) is two


def test_the_time_of_a_quorum_is_neither_before_the_first_nor_after_the_last_honest_witness() -> None:
    read = verifier.Policy.read("\n".join([*FOUR, "group q 3 w1 w2 w3 w4", "quorum q"]))
    honest = {"w1": 100, "w2": 101, "w3": 105}

    for lie in (0, 103, 10**9):  # whatever the fourth says
        assert 100 <= read.since(honest | {"w4": lie}) <= 105
        assert 100 <= read.until(honest | {"w4": lie}) <= 105
    assert read.since({"w1": 100, "w4": 0}) is None


def test_witnesses_named_one_by_one_need_more_than_two_thirds() -> None:
    for count, needed in ((1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (7, 5)):
        read = verifier.Policy.of([vkey(number) for number in range(1, count + 1)])
        assert read.groups["quorum"][0] == needed


def test_without_any_witness_the_quorum_none_is_always_there() -> None:
    assert policy.parse("quorum none\n").suffices(set())
    assert verifier.Policy.read("quorum none\n").since({}) == 0


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["quorum w1"],
        [FOUR[0]],
        [FOUR[0], "quorum w2"],
        [FOUR[0], "quorum w1", "quorum w1"],
        [FOUR[0], FOUR[0], "quorum w1"],
        [FOUR[0], FOUR[0].replace("w1 ", "w9 ", 1), "quorum w1"],
        [f"witness none {vkey(1)}", "quorum none"],
        [f"witness w1 {vkey(1, notes.ED25519)}", "quorum w1"],
        [f"witness w1 {vkey(1)} https://a b", "quorum w1"],
        [f"log {vkey(1)}", "quorum none"],
        [f"log {LOG}", f"log {LOG}", "quorum none"],
        [*FOUR, "group g 0 w1 w2", "quorum g"],
        [*FOUR, "group g 3 w1 w2", "quorum g"],
        [*FOUR, "group g 01 w1 w2", "quorum g"],
        [*FOUR, "group g two w1 w2", "quorum g"],
        [*FOUR, "group g any w1 w1", "quorum g"],
        [*FOUR, "group g any g", "quorum g"],
        [*FOUR, "group g any w1", "group h any w1", "quorum h"],
        [*FOUR, "group g any none", "quorum g"],
        [*FOUR, "group g any", "quorum g"],
        [FOUR[0], "group g any later", "group later any w1", "quorum g"],
        [FOUR[0], "quorum"],
        [FOUR[0], "quorum w1", "something else"],
        [FOUR[0], "quorum w1\r"],
        ["quorum none\0"],
        ["quorum\x0bnone"],
    ],
)
def test_what_is_not_a_policy_is_refused_by_both(lines: list[str]) -> None:
    with pytest.raises(policy.MalformedPolicyFault):
        policy.parse("\n".join(lines))
    with pytest.raises(verifier.Malformed):
        verifier.Policy.read("\n".join(lines))


def test_a_post_quantum_witness_is_named_and_not_passed_over() -> None:
    key = notes.Key("witness.example/pq", bytes(1312), notes.ML_DSA_44)

    assert notes.parse_key(str(key)) == key
    with pytest.raises(policy.MalformedPolicyFault, match="0x04"):
        policy.parse(f"witness pq {key}\nquorum pq")
    with pytest.raises(verifier.Malformed, match="ML-DSA"):
        verifier.Policy.read(f"witness pq {key}\nquorum pq")
