"""What all machines of one platform must have alike, as fingerprints.

Fingerprints stand in the database: the secret's is made slowly (scrypt), so that even one that a person thought of
cannot be found from it. Asking makes what is made on first use: keys, the stand-in's root, the mark of the file store.
"""

from __future__ import annotations

import hashlib
import platform
import socket
from functools import lru_cache
from importlib.metadata import version

from django.conf import settings
from django.utils import timezone

from jianheng.kernel.errors import Refusal
from jianheng.services.files import api as files
from jianheng.services.hosts import api as hosts
from jianheng.services.lawbook import api as lawbook
from jianheng.services.ledger import api as ledger
from jianheng.services.signing import api as signing


class HostsDifferError(Refusal):
    """本机与正在运行的其他主机不一致。"""

    code = "HOSTS_DIFFER"
    status = 409
    next_step = "请把先启动的主机上的 keys 目录和 secret 复制到本机，让各主机使用同一文件存储，再启动。"


def name() -> str:
    """This machine and its home: two homes on one machine are two hosts."""
    return f"{socket.gethostname()}:{settings.HOME}"[:300]


def told() -> dict[str, str]:
    """The fingerprint of everything that must be alike."""
    return {
        "secret": _slowly(settings.SECRET_KEY),
        "log": _fingerprint(ledger.public_key()),
        "authority": signing.identity(now=timezone.now()),
        "files": files.place(),
        "law": lawbook.fingerprint(),
        "address": settings.PUBLIC_URL,
        "version": f"{version('jianheng')}, Python {platform.python_version()}",
    }


def must_be_alike() -> None:
    """Refuse to run beside machines that have something else, or on a log that another key signed."""
    ledger.must_continue()
    mine = told()
    others = {host: one for host, one in hosts.alive(timezone.now()).items() if host != name()}
    found = [one for one in hosts.differences({**others, name(): mine}) if one.what not in hosts.MAY_DIFFER]
    if found:
        apart = "、".join(hosts.TITLES[one.what] for one in found)
        raise HostsDifferError(f"本机与{'、'.join(others)}不一致：{apart}。")


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _slowly(secret: str) -> str:
    return hashlib.scrypt(secret.encode(), salt=b"jianheng hosts", n=2**14, r=8, p=1, dklen=8).hex()
