"""drand's HTTP interface, version 1: ``GET /<chain hash>/public/<round>`` answers {round, signature, randomness}."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request

from jianheng.services.beacon.api import BeaconFault, Chain, Pulse

PATIENCE_SECONDS = 5
LONGEST_ANSWER = 4096


class HttpSource:
    """A beacon's server or relay. It need not be trusted: what it answers is proved before it is kept."""

    def __init__(self, address: str) -> None:
        if not address.startswith(("http://", "https://")):
            raise ValueError("JIANHENG_BEACON_URL should begin with https:// or http://")
        self.address = address.rstrip("/")
        self.name = f"接口 {self.address}"

    def fetch(self, chain: Chain, round_: int) -> Pulse | None:
        """The pulse of a round; ``None`` while the beacon has none."""
        try:
            with urllib.request.urlopen(  # noqa: S310 - an http(s) address of the operator's choice
                f"{self.address}/{chain.hash}/public/{round_}", timeout=PATIENCE_SECONDS
            ) as answer:
                said = json.loads(answer.read(LONGEST_ANSWER))
            return Pulse(int(said["round"]), str(said["signature"]))
        except urllib.error.HTTPError as refused:
            if refused.code in (404, 425):
                return None
            raise BeaconFault(f"{self.address} 答复 {refused.code}") from refused
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as away:
            raise BeaconFault(f"{self.address} 没有给出脉冲：{away}") from away
