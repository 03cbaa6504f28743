"""Keys by reference: the backup says which there are and how to know them again, and holds none of them."""

from __future__ import annotations

from pathlib import Path

from jianheng.config.safekeeping.sealing import Secret

LEDGER = "账本签名私钥：没有它，账本不能以原来的名称继续签署检查点。请离线存放两份，与备份分开保管"
SIGNING = "文书签名用的密钥和证书：没有它，已出具的文书仍可核验，但不能以原证书继续签署。请离线存放，与备份分开保管"
SESSIONS = (
    "会话、验证码和双重验证的密钥：可以换新，换新后所有人须重新登录，动态口令和备用码须重新设置。请与备份分开保管"
)


def named(home: Path, secret: Secret) -> tuple[dict[str, str], ...]:
    """{place, fingerprint, keep} of every key below a home; fingerprints are keyed, so that they tell nothing."""
    below = [
        path for path in (home / "keys").rglob("*") if not path.name.startswith("ledger.mark")
    ]  # no key, and moves
    found = [home / "secret", *sorted(path for path in below if path.is_file())]
    return tuple(
        {
            "place": path.relative_to(home).as_posix(),
            "fingerprint": fingerprint(path, secret),
            "keep": _advice(path.relative_to(home).as_posix()),
        }
        for path in found
        if path.is_file()
    )


def fingerprint(path: Path, secret: Secret) -> str:
    """32 hexadecimal characters by which the holder of the backup's key knows a file again."""
    return secret.hidden(b"key " + path.read_bytes())


def _advice(place: str) -> str:
    if place == "keys/ledger.pem":
        return LEDGER
    return SESSIONS if place == "secret" else SIGNING
