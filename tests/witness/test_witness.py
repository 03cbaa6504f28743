"""The independent witness: exact answers, one version of a log for ever, whatever happens in between."""

from __future__ import annotations

import ast
import base64
import contextlib
import hashlib
import http.client
import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from jianheng import witness
from jianheng.kernel import merkle, notes

SOURCE = Path(witness.__file__)
ORIGIN, NOW = "jianheng.test/log", 1_790_000_000
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = notes.Key(ORIGIN, PRIVATE.public_key().public_bytes_raw())
LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(300)]
FORKED = [*LEAVES[:5], merkle.leaf_hash(b"another"), *LEAVES[6:]]


def note(size, leaves=LEAVES, sign=PRIVATE.sign, origin=ORIGIN):
    """The log's signed checkpoint."""
    text = notes.Checkpoint(origin, size, merkle.root(leaves[:size]), (f"time {size}",)).text()
    return str(notes.Note(text, (notes.sign(text, KEY._replace(name=origin), sign),)))


def proof(old, new, leaves=LEAVES):
    """The lines that prove it continues."""
    ranges = merkle.consistency_ranges(old, new) if 0 < old < new else ()
    return [base64.b64encode(merkle.root(leaves[start:end])).decode() for start, end in ranges]


def request(old, new, leaves=LEAVES, **changes):
    """An add-checkpoint request."""
    lines = changes.pop("proof", None)
    lines = proof(old, new, leaves) if lines is None else lines
    return "".join(f"{line}\n" for line in [f"old {old}", *lines, ""]) + note(new, leaves, **changes)


def asked(one, body):
    """(status, body) of what the witness answers."""
    try:
        return 200, one.add(body.encode() if isinstance(body, str) else body)
    except witness.No as refused:
        return refused.status, refused.text


@pytest.fixture
def home(tmp_path):
    witness.make(tmp_path / "w", "witness.test/1", [witness.Key.read(str(KEY))])
    return tmp_path / "w"


@pytest.fixture
def one(home):
    return witness.Witness(home, clock=lambda: NOW)


# --- independence ---


def test_it_imports_the_standard_library_and_cryptography_only():
    imported = set()
    for node in ast.walk(ast.parse(SOURCE.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])

    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_it_runs_alone_from_a_copy_of_its_one_file(tmp_path):
    shutil.copy(SOURCE, tmp_path / "witness.py")
    command = [sys.executable, "-I", tmp_path / "witness.py"]
    made = subprocess.run(
        [*command, "make", "--home", tmp_path / "w", "--name", "w.test/1", "--log", str(KEY)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 0, made.stderr
    assert notes.parse_key(made.stdout).kind == notes.COSIGNATURE_V1


@given(st.data())
def test_it_judges_proofs_as_the_writer_of_the_log_does(data):
    new = data.draw(st.integers(1, 200))
    old = data.draw(st.integers(0, new))
    lines = [base64.b64decode(line) for line in proof(old, new)]
    if lines and data.draw(st.booleans()):
        lines[data.draw(st.integers(0, len(lines) - 1))] = bytes(32)
    roots = merkle.root(LEAVES[:old]), merkle.root(LEAVES[:new])

    ours = witness.continues(old, roots[0], new, roots[1], lines)

    assert ours == merkle.consistency_holds(old=old, new=new, proof=lines, old_root=roots[0], new_root=roots[1])


# --- the protocol (c2sp.org/tlog-witness) ---


def test_the_example_request_of_the_specification_is_read():
    body = (
        "old 20852014\n"
        "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
        "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
        "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
        "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
        "\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        "\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE"
        "+xeMcTOAYQ8=\n"
        "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovn"
        "zv++qbSzm9Q=\n"
    )

    old, lines, checkpoint = witness.read_request(body.encode())

    assert (old, len(lines), checkpoint.origin, checkpoint.size) == (
        20852014,
        4,
        "example.com/behind-the-sofa",
        20852163,
    )
    assert len(checkpoint.lines) == 2


def test_it_cosigns_a_first_checkpoint_then_what_continues_it(one):
    for old, new in ((0, 7), (7, 7), (7, 8), (8, 256), (256, 300)):
        status, line = asked(one, request(old, new))

        signed = notes.parse(f"{notes.parse(note(new)).text}\n{line}")
        key = notes.parse_key(str(one.key))
        assert status == 200
        assert notes.signed_by(
            signed, key, lambda value, message: one.private.public_key().verify(value, message) is None
        )
        assert notes.cosigned_at(signed.signatures[0]) == NOW
        kept = one.newest(hashlib.sha256(ORIGIN.encode()).hexdigest())
        assert kept == note(new) + line


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (request(0, 7, sign=Ed25519PrivateKey.generate().sign), 403),
        (request(0, 7).replace("\n7\n", "\n8\n"), 403),
        (request(0, 7, origin="another/log"), 404),
        ("old 8\n\n" + note(7), 400),
        (request(0, 7, proof=proof(3, 7)), 422),
        ("", 400),
        ("old 0\n", 400),
        ("old 00\n\n" + note(7), 400),
        ("old -1\n\n" + note(7), 400),
        ("old ７\n\n" + note(7), 400),
        ("new 0\n\n" + note(7), 400),
        ("old 0\nAAAA\n\n" + note(7), 400),
        ("old 0\n" + proof(3, 7)[0] + "\r\n\n" + note(7), 400),
        ("old 0\n" + (proof(3, 7)[0] + "\n") * 64 + "\n" + note(7), 400),
        ("old 0\n\n" + note(7).replace("\n\n", "\n"), 400),
        ("old 0\n\n" + note(7)[:-1], 400),
        ("old 0\n\n" + note(7).replace("—", "-"), 400),
        (b"old 0\n\n\xff\xfe", 400),
    ],
)
def test_what_it_does_not_cosign_is_answered_with_the_status_of_the_specification(one, body, status):
    assert asked(one, body)[0] == status
    assert asked(one, request(0, 7))[0] == 200  # and nothing of it was kept


def test_signatures_of_unknown_keys_are_ignored_and_a_bad_one_by_the_log_is_not(one):
    stranger = notes.Signature("stranger", b"abcd", bytes(64)).line()
    forged = notes.Signature(ORIGIN, KEY.key_id, bytes(64)).line()

    assert asked(one, request(0, 7) + forged)[0] == 403
    assert asked(one, request(0, 7) + stranger)[0] == 200


def test_whoever_continues_another_size_is_told_ours(one):
    asked(one, request(0, 7))

    assert asked(one, request(0, 9)) == (409, "7\n")
    assert asked(one, request(5, 9)) == (409, "7\n")
    assert asked(one, request(8, 9)) == (409, "7\n")


# --- attacks ---


def test_attack_fork_of_the_same_size(one):
    asked(one, request(0, 7))

    assert asked(one, request(7, 7, FORKED))[0] == 422


def test_attack_fork_that_is_longer(one):
    asked(one, request(0, 7))

    assert asked(one, request(7, 20, FORKED))[0] == 422
    assert asked(one, request(7, 20, FORKED, proof=proof(7, 20)))[0] == 422
    assert asked(one, request(7, 20))[0] == 200


def test_attack_tail_cut_off_and_signed_over(one):
    asked(one, request(0, 20))

    for shorter in range(0, 20):
        assert asked(one, request(shorter, 19))[0] in (400, 409)
    assert asked(one, request(20, 19, proof=[]))[0] == 400


def test_a_fork_signed_by_the_log_is_kept_as_evidence(one, home):
    asked(one, request(0, 7))
    asked(one, request(7, 20, FORKED))
    asked(one, request(3, 9))  # an everyday race proves nothing

    with sqlite3.connect(home / "witness.db") as memory:
        kept = memory.execute("select at, status, body from evidence").fetchall()

    assert kept == [(NOW, 422, request(7, 20, FORKED).encode())]


def test_attack_two_views_at_once(home):
    """Many callers race two versions and many sizes; what was cosigned is one log."""
    both = [(leaves, size) for size in range(6, 46) for leaves in (LEAVES, FORKED)]
    witness_of = [witness.Witness(home, clock=lambda: NOW) for _ in range(8)]

    def race(number):
        leaves, size = both[number]
        one = witness_of[number % 8]
        old = 0
        for _ in range(60):
            status, body = asked(one, request(old, size, leaves))
            if status != 409 or int(body) > size:
                return (leaves is LEAVES, size) if status == 200 else None
            old = int(body)
        return None

    with ThreadPoolExecutor(8) as together:
        cosigned = [found for found in together.map(race, range(len(both))) if found]

    assert cosigned
    assert len({version for version, _ in cosigned}) == 1


def test_what_was_cosigned_survives_the_process(home, one):
    asked(one, request(0, 20))

    again = witness.Witness(home, clock=lambda: NOW)

    assert asked(again, request(0, 7))[0] == 409
    assert asked(again, request(20, 30))[0] == 200


def test_attack_wiped_witness(home, one, tmp_path):
    """Its memory is removed: it does not begin anew, but from what other witnesses hold."""
    asked(one, request(0, 20))
    peer = note(30) + one._signature(notes.parse(note(30)).text, NOW)
    (home / "witness.db").unlink()

    with pytest.raises(witness.Misuse, match="不得从头开始"):
        witness.Witness(home)
    with pytest.raises(witness.Misuse, match="记录丢失"):
        witness.make(home, "witness.test/1", [witness.Key.read(str(KEY))])
    witness.make(home, "witness.test/1", [witness.Key.read(str(KEY))], [witness.read_checkpoint(peer)])

    again = witness.Witness(home, clock=lambda: NOW)
    assert again.key == one.key
    assert asked(again, request(20, 25))[0] == 409
    assert asked(again, request(30, 40, FORKED))[0] == 422
    assert asked(again, request(30, 40))[0] == 200


def test_attack_wiped_witness_begins_from_a_checkpoint_the_log_never_signed(home):
    (home / "witness.db").unlink()
    forged = witness.read_checkpoint(note(3, sign=Ed25519PrivateKey.generate().sign))

    with pytest.raises(witness.Misuse, match="没有该账本公钥的签名"):
        witness.make(home, "witness.test/1", [witness.Key.read(str(KEY))], [forged])


def test_attack_memory_restored_from_an_old_copy(home, one, tmp_path):
    asked(one, request(0, 7))
    shutil.copy(home / "witness.db", tmp_path / "old.db")
    asked(one, request(7, 30))
    shutil.copy(tmp_path / "old.db", home / "witness.db")

    again = witness.Witness(home, at_least=30, clock=lambda: NOW)

    assert asked(again, request(7, 29))[0] == 422
    assert asked(again, request(7, 30))[0] == 200


def test_a_clock_that_went_back_signs_nothing(home, one):
    asked(one, request(0, 7))
    later = witness.Witness(home, clock=lambda: NOW - 3600)

    assert asked(later, request(7, 8))[0] == 503
    assert notes.cosigned_at(_line(witness.Witness(home, clock=lambda: NOW - 60), 7, 8)) == NOW


def _line(one, old, new):
    return notes.parse(notes.parse(note(new)).text + "\n" + asked(one, request(old, new))[1]).signatures[0]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_file_open_to_others_is_refused(home, mode):
    (home / "witness.key").chmod(mode)

    with pytest.raises(witness.Misuse, match="可被他人读取"):
        witness.Witness(home)


@pytest.mark.parametrize("content", ["", "PRIVATE+KEY+w+00000000+AAAA", "x" * 100])
def test_a_damaged_key_file_is_refused(home, content):
    (home / "witness.key").write_text(content)

    with pytest.raises(witness.Misuse):
        witness.Witness(home)


# --- over HTTP ---


@pytest.fixture
def served(one):
    server = witness.Server(("127.0.0.1", 0), one)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
    server.shutdown()
    thread.join()
    server.server_close()


def said(connection, method, path, body=None):
    connection.request(method, path, body.encode() if body else None)
    answer = connection.getresponse()
    return answer.status, answer.headers["Content-Type"], answer.read().decode()


def test_over_one_connection_as_the_specification_says(served):
    status, _, line = said(served, "POST", "/add-checkpoint", request(0, 7))
    digest = hashlib.sha256(ORIGIN.encode()).hexdigest()

    assert (status, line[:2]) == (200, "— ")
    assert said(served, "POST", "/add-checkpoint", request(0, 9)) == (409, "text/x.tlog.size", "7\n")
    assert said(served, "GET", f"/{digest}/checkpoint")[2] == note(7) + line
    assert said(served, "GET", f"/{'0' * 64}/checkpoint")[0] == 404
    assert said(served, "GET", "/")[0] == 404
    assert said(served, "GET", "/add-checkpoint")[0] == 405
    assert said(served, "POST", "/add-checkpoint", "x" * (witness.LONGEST_BODY + 1))[0] == 413


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"\0" * 9000,
        b"POST / HTTP/1.1\r\n" + b"a: b\r\n" * 70,
    ],
)
def test_what_is_not_http_is_hung_up_on_and_others_are_answered(served, sent):
    other = http.client.HTTPConnection(served.host, served.port, timeout=5)
    served.connect()
    served.sock.sendall(sent)
    with contextlib.suppress(OSError):  # hung up already
        served.sock.shutdown(1)

    assert _heard(served.sock) == b""
    assert said(other, "GET", "/")[0] == 404
    other.close()
    served.close()


def _heard(sock):
    try:
        return sock.recv(10)
    except ConnectionResetError:  # hung up with something still unread
        return b""
