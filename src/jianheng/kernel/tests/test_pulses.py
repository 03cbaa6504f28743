"""Pulses of the public beacon prove themselves; whoever carries one can change nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from jianheng.kernel import pulses

# drand's own values for quicknet, published with its client libraries.
PUBLISHED = {
    1000: (
        "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
    ),
    657413: (
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
        "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
    ),
}
SECRET = 0x1F2E3D4C5B6A79881726354453627180
FIELD = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
DEMONSTRATION = pulses.Chain("demonstration", pulses.public_key(SECRET), 1_760_000_000, 3, "00" * 32)


def test_the_hash_of_the_chain_is_the_one_drand_publishes() -> None:
    assert pulses.QUICKNET.hash == "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"


@pytest.mark.parametrize("round_", PUBLISHED)
def test_the_published_pulses_of_quicknet_hold_offline(round_: int) -> None:
    signature, randomness = PUBLISHED[round_]
    pulse = pulses.Pulse(round_, signature)

    assert pulses.holds(pulses.QUICKNET, pulse)
    assert pulse.randomness() == randomness


def test_attack_pulse_of_another_round() -> None:
    assert not pulses.holds(pulses.QUICKNET, pulses.Pulse(1001, PUBLISHED[1000][0]))


def test_attack_pulse_of_another_chain() -> None:
    assert not pulses.holds(pulses.QUICKNET, pulses.sign(SECRET, 1000))


def test_attack_pulse_written_with_x_plus_p() -> None:
    """A second encoding of one point would be a second seed to choose from."""
    flags = 7 << 381
    for round_ in range(1, 60):
        pulse = pulses.sign(SECRET, round_)
        number = int(pulse.signature, 16)
        alias = (number & ~flags) + FIELD
        if alias < 1 << 381:
            break
    else:
        raise AssertionError("no round with a small x among sixty")
    written = ((number & flags) | alias).to_bytes(48, "big").hex()

    assert pulses.holds(DEMONSTRATION, pulse)
    assert not pulses.holds(DEMONSTRATION, pulses.Pulse(round_, written))


@pytest.mark.parametrize("wrong", ["c0" + "00" * 47, "00" * 48, "ff" * 48, "80" + "00" * 46 + "01"])
def test_attack_point_at_infinity_or_off_the_group(wrong: str) -> None:
    assert not pulses.holds(DEMONSTRATION, pulses.Pulse(7, wrong))


def test_a_pulse_is_read_from_a_line_and_from_drand_s_own_answer() -> None:
    signature, randomness = PUBLISHED[1000]
    known = pulses.Pulse(1000, signature)

    assert pulses.Pulse.read(known.line()) == known
    assert pulses.Pulse.read(f"  1000\t{signature.upper()}\n") == known
    answer = f'{{"round":1000,"randomness":"{randomness}","signature":"{signature}"}}'
    assert pulses.Pulse.read(answer) == known


@pytest.mark.parametrize(
    "text", ["", "1000", "b4" * 48, f"{'b4' * 48} {'b5' * 48}", "1000 " + "b4" * 47, "1 2 " + "b4" * 48]
)
def test_a_line_that_is_no_pulse_is_refused_with_the_form_it_should_have(text: str) -> None:
    with pytest.raises(pulses.PulseError) as refused:
        pulses.Pulse.read(text)

    assert refused.value.next_steps


def test_the_first_round_after_a_moment_falls_after_it_and_within_a_period() -> None:
    moment = datetime(2026, 3, 2, 1, 0, 0, 500_000, tzinfo=UTC)

    for chain in (pulses.QUICKNET, DEMONSTRATION):
        falls = chain.time_of(chain.first_after(moment))
        assert moment < falls <= moment + timedelta(seconds=chain.period)
    assert pulses.QUICKNET.time_of(1) == datetime.fromtimestamp(1692803367, UTC)


def test_a_chain_is_read_as_drand_describes_it() -> None:
    told = {
        "public_key": pulses.QUICKNET.public_key,
        "period": 3,
        "genesis_time": 1692803367,
        "hash": pulses.QUICKNET.hash,
        "groupHash": pulses.QUICKNET.group_hash,
        "schemeID": "bls-unchained-g1-rfc9380",
        "metadata": {"beaconID": "quicknet"},
    }

    assert pulses.chain_of(told) == pulses.QUICKNET
    assert pulses.chain_of(pulses.QUICKNET.as_json()) == pulses.QUICKNET
    for name, wrong in (
        ("hash", "00" * 32),
        ("schemeID", "pedersen-bls-chained"),
        ("period", 0),
        ("public_key", "83"),
    ):
        with pytest.raises(pulses.ChainError):
            pulses.chain_of(told | {name: wrong})
