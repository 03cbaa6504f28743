"""The time-stamp stand-in: what it answers, OpenSSL accepts."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives import serialization

from jianheng.services.signing.authority import DemonstrationAuthority
from jianheng.services.signing.timestamps import answer

NOW = datetime(2026, 4, 10, 9, 30, 15, 500, tzinfo=UTC)
CONTENT = "示例文书".encode()


def request(*, algorithm: str = "sha256", digest: bytes | None = None, nonce: int | None = 42) -> tsp.TimeStampReq:
    """A request (RFC 3161 §2.4.1)."""
    made = digest if digest is not None else hashlib.new(algorithm, CONTENT).digest()
    asked = {
        "version": 1,
        "message_imprint": {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": made},
        "cert_req": True,
    }
    return tsp.TimeStampReq({**asked, "nonce": nonce} if nonce else asked)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> DemonstrationAuthority:
    """An authority."""
    return DemonstrationAuthority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_token_is_accepted_by_openssl(authority, tmp_path, algorithm) -> None:
    given = answer(request(algorithm=algorithm), authority.time_stamper(NOW), NOW)
    (tmp_path / "answer.tsr").write_bytes(given.dump())
    (tmp_path / "content").write_bytes(CONTENT)
    root = authority.root(NOW).certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "root.pem").write_bytes(root)

    moment = str(int(NOW.timestamp()))
    done = subprocess.run(
        [
            "openssl",
            "ts",
            "-verify",
            "-data",
            "content",
            "-in",
            "answer.tsr",
            "-CAfile",
            "root.pem",
            "-attime",
            moment,
        ],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )

    assert b"Verification: OK" in done.stdout + done.stderr


def test_token_tells_the_hour_and_returns_the_nonce(authority) -> None:
    given = answer(request(), authority.time_stamper(NOW), NOW)

    told = given["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert told["gen_time"].native == NOW.replace(microsecond=0)
    assert told["nonce"].native == 42


def test_no_two_tokens_have_the_same_serial_number(authority) -> None:
    answers = [answer(request(), authority.time_stamper(NOW), NOW) for _ in range(3)]

    told = [one["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed for one in answers]
    assert len({one["serial_number"].native for one in told}) == 3


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (request(algorithm="md5"), "bad_alg"),
        (request(algorithm="sha1"), "bad_alg"),
        (request(digest=b"short"), "bad_data_format"),
    ],
)
def test_weak_or_malformed_requests_are_rejected(authority, asked, why) -> None:
    given = answer(asked, authority.time_stamper(NOW), NOW)

    assert given["status"]["status"].native == "rejection"
    assert given["status"]["fail_info"].native == {why}
