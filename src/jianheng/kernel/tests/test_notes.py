"""Notes, checkpoints and cosignatures are written and read as C2SP prints them."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jianheng.kernel import notes

# The example of c2sp.org/signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of c2sp.org/tlog-cosignature.
COSIGNED = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE"
    "+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xU"
    "e+mbIUBkBIfZ+qnA==\n"
)
SEED = bytes(range(32))
PRIVATE = Ed25519PrivateKey.from_private_bytes(SEED)


def checker(public: bytes) -> Any:
    def check(signature: bytes, message: bytes) -> Any:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return check


def our_key(kind: Any = notes.ED25519) -> Any:
    return notes.Key("jianheng.test/log", PRIVATE.public_key().public_bytes_raw(), kind)


def test_the_key_of_the_specification_verifies_its_example() -> None:
    key = notes.parse_key(VKEY)
    note = notes.parse(NOTE)

    assert str(key) == VKEY
    assert str(note) == NOTE
    assert notes.signed_by(note, key, checker(key.public))


def test_a_changed_text_is_not_signed() -> None:
    key = notes.parse_key(VKEY)
    changed = notes.parse(NOTE.replace("example message", "Example message"))

    assert not notes.signed_by(changed, key, checker(key.public))


def test_a_bad_second_signature_by_a_known_key_spoils_the_note() -> None:
    key = notes.parse_key(VKEY)
    note = notes.parse(NOTE)
    bad = notes.Signature(key.name, key.key_id, bytes(64))

    assert not notes.signed_by(notes.Note(note.text, (*note.signatures, bad)), key, checker(key.public))


def test_signatures_of_unknown_keys_are_ignored() -> None:
    key = notes.parse_key(VKEY)
    note = notes.parse(NOTE)
    stranger = notes.Signature(key.name, b"\0\0\0\0", bytes(64))

    assert notes.signed_by(notes.Note(note.text, (stranger, *note.signatures)), key, checker(key.public))
    assert not notes.signed_by(notes.Note(note.text, (stranger,)), key, checker(key.public))


def test_the_cosigned_checkpoint_of_the_specification_is_read_and_written_back() -> None:
    note = notes.parse(COSIGNED)
    checkpoint = notes.parse_checkpoint(note.text)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text() == note.text
    assert str(note) == COSIGNED
    assert notes.cosigned_at(note.signatures[1]) == 1679315147
    assert notes.cosigned_message(note.text, 1679315147).startswith(
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
    )


def test_our_signature_and_a_witness_cosignature_stand_side_by_side() -> None:
    text = notes.Checkpoint("jianheng.test/log", 7, bytes(32), ("time 2026-02-01T00:00:00.000000Z",)).text()
    log, witness = our_key(), our_key(notes.COSIGNATURE_V1)
    own = notes.sign(text, log, PRIVATE.sign)
    cosigned = notes.cosign(text, witness, PRIVATE.sign, time_seconds=1_770_000_000)

    note = notes.parse(str(notes.Note(text, (own, cosigned))))

    assert own.key_id != cosigned.key_id
    assert notes.signed_by(note, log, checker(log.public))
    assert notes.signed_by(note, witness, checker(witness.public))
    assert notes.cosigned_at(note.signatures[1]) == 1_770_000_000


def test_a_cosignature_does_not_hold_for_another_time() -> None:
    text = notes.Checkpoint("jianheng.test/log", 7, bytes(32)).text()
    witness = our_key(notes.COSIGNATURE_V1)
    cosigned = notes.cosign(text, witness, PRIVATE.sign, time_seconds=1_770_000_000)
    later = notes.Signature(cosigned.name, cosigned.key_id, (1_770_000_001).to_bytes(8, "big") + cosigned.value[8:])

    assert not notes.signed_by(notes.Note(text, (later,)), witness, checker(witness.public))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text only\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n- name AAAAAAAAAA==\n",
        "text\n\n— na+me AAAAAAAAAA==\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name !!!!\n",
        "text\n\n— name AAAAAAAAAA==",
        "te\txt\n\n— name AAAAAAAAAA==\n",
    ],
)
def test_what_is_not_a_note_is_refused(note: str) -> None:
    with pytest.raises(notes.MalformedNoteFault):
        notes.parse(note)


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"origin\n7\n{ROOT}",
        f"\n7\n{ROOT}\n",
        f"origin\n07\n{ROOT}\n",
        f"origin\n-7\n{ROOT}\n",
        f"origin\n٧\n{ROOT}\n",
        "origin\n7\nAAAA\n",
        "origin\n7\n!!\n",
        f"origin\n7\n{ROOT}\n\nextension\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(notes.MalformedNoteFault):
        notes.parse_checkpoint(text)


@pytest.mark.parametrize("text", ["", "name", "name+00000000+AQ==", VKEY.replace("530d903a", "530d903b"), "a+b+c"])
def test_what_is_not_a_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(notes.MalformedNoteFault):
        notes.parse_key(text)


@pytest.mark.parametrize(
    "checkpoint",
    [
        notes.Checkpoint("", 1, bytes(32)),
        notes.Checkpoint("two\nlines", 1, bytes(32)),
        notes.Checkpoint("origin", -1, bytes(32)),
        notes.Checkpoint("origin", 1, bytes(32), ("",)),
    ],
)
def test_a_checkpoint_that_could_not_be_read_back_is_not_written(checkpoint: notes.Checkpoint) -> None:
    with pytest.raises(notes.MalformedNoteFault):
        checkpoint.text()
