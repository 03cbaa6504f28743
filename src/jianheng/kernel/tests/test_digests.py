"""Hash functions are the ones their standards describe."""

import hashlib
from typing import Any

import pytest

from jianheng.kernel import digests


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("sha256", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sm3", b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        ("sm3", b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
        ("md5", b"abc", "900150983cd24fb0d6963f7d28e17f72"),
    ],
)
def test_each_function_gives_the_value_of_its_standard(name: str, data: Any, expected: Any) -> None:
    assert digests.named(name, among=digests.DRAW)(data).hex() == expected


@pytest.mark.parametrize("name", ["md5", "sha1", "SHA256", ""])
def test_a_weak_or_unknown_function_is_refused_for_the_log(name: str) -> None:
    with pytest.raises(digests.UnknownDigestFault):
        digests.named(name)


def test_sm3_falls_back_when_openssl_lacks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = hashlib.new

    def lacking(name: str, *given: Any, **named: Any) -> Any:
        if name == "sm3":
            raise ValueError("unsupported hash type sm3")
        return usual(name, *given, **named)

    monkeypatch.setattr(hashlib, "new", lacking)

    assert digests.sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
